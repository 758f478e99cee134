package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import dev.anabranch.protocol.nostr.server.Subject.Sort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// Everything that administrators decided, laid over what the configuration says; pure.
///
/// @param standings by subject
record Moderation(Map<Subject, Standing> standings) {

  static final Moderation NONE = new Moderation(Map.of());

  Moderation {
    standings = Map.copyOf(standings);
  }

  /// With one decision more, or another one.
  Moderation with(Subject subject, Standing standing) {
    Map<Subject, Standing> more = new HashMap<>(standings);
    more.put(subject, standing);
    return new Moderation(more);
  }

  /// What was decided of a subject, if anything.
  Optional<Standing> of(Subject subject) {
    return Optional.ofNullable(standings.get(subject));
  }

  /// A text that was changed, if it was.
  Optional<String> text(String name) {
    return of(Subject.ofText(name)).map(Standing::reason);
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
        kinds(configured.kinds()),
        laid(configured.bannedKinds(), Sort.KIND, Word.BANNED, Integer::valueOf),
        configured.rules(),
        AddressSet.of(
            laid(
                configured.blocked().ranges(),
                Sort.IP,
                Word.BANNED,
                text -> AddressRange.parse(text).orElseThrow())));
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
