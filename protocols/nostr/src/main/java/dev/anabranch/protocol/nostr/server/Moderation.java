package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import dev.anabranch.protocol.nostr.server.Subject.Sort;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Everything that administrators decided, laid over what the configuration says; pure.
///
/// @param standings by subject
record Moderation(Map<Subject, Standing> standings) {

  /// The most that is forgotten at a time.
  private static final int FORGOTTEN_MAX = 100;

  static final Moderation NONE = new Moderation(Map.of());

  Moderation {
    standings = Map.copyOf(standings);
  }

  /// With one decision more, or another one.
  Moderation with(Decision decision) {
    Map<Subject, Standing> more = new HashMap<>(standings);
    Standing standing = decision.standing();
    if (standing == null) {
      more.remove(decision.subject());
    } else {
      more.put(decision.subject(), standing);
    }
    return new Moderation(more);
  }

  /// Who brought a subject in: they do not take one another's room.
  private enum Share {
    ADMINISTRATORS,
    MEMBERS,
    INVITES,
    PROOFS;

    private static Share of(Subject subject, Standing standing) {
      return switch (subject.sort()) {
        case INVITE -> INVITES;
        case PROOF -> PROOFS;
        case PUBKEY -> standing.isOwn() ? MEMBERS : ADMINISTRATORS;
        case EVENT, KIND, IP, TEXT, SETTING -> ADMINISTRATORS;
      };
    }
  }

  private Map<Share, Integer> shares() {
    Map<Share, Integer> shares = new EnumMap<>(Share.class);
    standings.forEach(
        (subject, standing) -> shares.merge(Share.of(subject, standing), 1, Integer::sum));
    return shares;
  }

  /// Why this is more than can be kept, if it is.
  ///
  /// @param before what was kept before; where that was too much already, less may still be
  /// @param most the most subjects of administrators, of members, of invitations, of proofs
  Optional<Fault> tooMany(Moderation before, int most) {
    if (standings.size() <= most) {
      return Optional.empty();
    }
    Map<Share, Integer> were = before.shares();
    for (Map.Entry<Share, Integer> share : shares().entrySet()) {
      if (share.getValue() > most && share.getValue() > were.getOrDefault(share.getKey(), 0)) {
        return Optional.of(
            new Fault(
                FaultCode.QUOTA,
                most
                    + switch (share.getKey()) {
                      case ADMINISTRATORS -> " decisions are kept, and no more";
                      case MEMBERS -> " keys have joined, and no more can";
                      case INVITES -> " invite codes were used lately; join later";
                      case PROOFS -> " proofs ahead of their time were used lately";
                    }));
      }
    }
    return Optional.empty();
  }

  /// What was used and whose time is over, so much at most: it would be refused without being
  /// remembered.
  List<Decision> outdated(long nowSeconds) {
    return standings.keySet().stream()
        .filter(subject -> subject.isOutdated(nowSeconds))
        .limit(FORGOTTEN_MAX)
        .map(subject -> new Decision(subject, null))
        .toList();
  }

  /// What was decided of a subject, if anything.
  Optional<Standing> of(Subject subject) {
    return Optional.ofNullable(standings.get(subject));
  }

  /// A text that was changed, if it was.
  Optional<String> text(String name) {
    return of(Subject.ofText(name)).map(Standing::reason);
  }

  /// The settings that were changed, and to what.
  Map<String, Json> settings() {
    Map<String, Json> changed = new TreeMap<>();
    standings.forEach((subject, standing) -> {
      Json value = standing.value();
      if (subject.sort() == Sort.SETTING && value != null) {
        changed.put(subject.name(), value);
      }
    });
    return changed;
  }

  /// The reasons of those of a sort that were given a word.
  Map<String, String> given(Sort sort, Word word) {
    Map<String, String> given = new TreeMap<>();
    standings.forEach((subject, standing) -> {
      if (subject.sort() == sort && standing.word() == word) {
        given.put(subject.name(), standing.reason());
      }
    });
    return given;
  }

  /// Who may write and read now.
  NostrAccess over(NostrAccess configured) {
    Set<PublicKey> members = laid(configured.members(), Sort.PUBKEY, Word.ALLOWED, PublicKey::new);
    Set<PublicKey> banned = laid(configured.banned(), Sort.PUBKEY, Word.BANNED, PublicKey::new);
    return new NostrAccess(
        configured.writers(),
        configured.readers(),
        members,
        banned,
        laid(configured.bannedEvents(), Sort.EVENT, Word.BANNED, Function.identity()),
        bannedEntities(),
        kinds(configured.kinds()),
        laid(configured.bannedKinds(), Sort.KIND, Word.BANNED, Integer::valueOf),
        configured.rules(),
        configured.allowed(),
        AddressSet.of(
            laid(
                configured.blocked().ranges(),
                Sort.IP,
                Word.BANNED,
                text -> AddressRange.parse(text).orElseThrow())));
  }

  private Set<String> bannedEntities() {
    return standings.values().stream()
        .filter(standing -> standing.word() == Word.BANNED)
        .flatMap(standing -> Stream.ofNullable(standing.shownBy()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Where all kinds are taken, allowing one does not make it the only one; and where some are,
  /// disallowing the last of them does not let all in: it is among those that are not taken.
  private Set<Integer> kinds(Set<Integer> configured) {
    if (configured.isEmpty()) {
      return configured;
    }
    Set<Integer> all = new HashSet<>(configured);
    given(Sort.KIND, Word.ALLOWED).keySet().forEach(kind -> all.add(Integer.valueOf(kind)));
    return all;
  }

  private <T> Set<T> laid(Set<T> configured, Sort sort, Word word, Function<String, T> reader) {
    Set<T> all = new HashSet<>(configured);
    standings.forEach((subject, standing) -> {
      if (subject.sort() == sort) {
        T value = reader.apply(subject.name());
        if (standing.word() == word) {
          all.add(value);
        } else {
          all.remove(value);
        }
      }
    });
    return all;
  }
}
