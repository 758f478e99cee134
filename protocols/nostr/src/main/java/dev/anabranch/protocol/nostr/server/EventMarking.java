package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Search;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Expiration;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.text.Parsed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How an event is found: by 64 bits of its names, its time, its tags and its words.
public final class EventMarking implements Marking {

  /// The most different words of one event that can be searched.
  static final int WORDS_MAX = 500;

  /// The longest word that can be searched, in UTF-16 units.
  static final int WORD_CHARS_MAX = 64;

  private final RecentEvents recent;

  /// A marking that parses an event only when it did not just come in.
  public EventMarking(RecentEvents recent) {
    this.recent = recent;
  }

  @Override
  public Optional<Mark> of(Change change) {
    Bytes proof = change.proof();
    if (proof == null || !change.origin().equals(NostrGateway.ORIGIN)) {
      return Optional.empty();
    }
    Event known = recent.find(change.key().text());
    return known == null ? ofOriginal(proof) : Optional.of(of(known));
  }

  @Override
  public Optional<Mark> ofOriginal(Bytes original) {
    return Event.parse(original.toArray(), EventLimits.NONE)
            instanceof Parsed.Value<Event>(Event it)
        ? Optional.of(of(it))
        : Optional.empty();
  }

  /// An event's mark.
  static Mark of(Event event) {
    Set<Long> tags = new LinkedHashSet<>();
    for (Tag tag : event.tags()) {
      if (tag.isIndexed()) {
        tags.add(tag(tag.name().charAt(0), tag.value()));
      }
    }
    return new Mark(
        tie(event.id()),
        author(event.author()),
        event.kind(),
        event.createdAtSeconds(),
        expiration(event),
        List.copyOf(tags),
        words(event));
  }

  private static @Nullable Long expiration(Event event) {
    OptionalLong at = Expiration.atSeconds(event);
    return at.isPresent() ? at.getAsLong() : null;
  }

  static long tie(EventId id) {
    return Long.parseUnsignedLong(id.hex(), 0, 16, 16) ^ Long.MIN_VALUE;
  }

  static long author(PublicKey key) {
    return Long.parseUnsignedLong(key.hex(), 0, 16, 16);
  }

  /// 64 bits of the hash of a tag's name and value.
  static long tag(char letter, String value) {
    MessageDigest digest = sha256();
    digest.update((byte) letter);
    digest.update(value.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private static Set<String> words(Event event) {
    if (!isText(event.kind())) {
      return Set.of();
    }
    Set<String> words = new LinkedHashSet<>();
    for (String word : Search.words(event.content())) {
      if (word.length() <= WORD_CHARS_MAX && words.size() < WORDS_MAX) {
        words.add(word);
      }
    }
    return words;
  }

  /// Whether a kind's content is for people: not ciphertext, and nothing that repeats an event.
  private static boolean isText(int kind) {
    return switch (kind) {
      case Kinds.ENCRYPTED_MESSAGE,
          Kinds.REPOST,
          Kinds.SEAL,
          Kinds.GENERIC_REPOST,
          Kinds.GIFT_WRAP ->
          false;
      default -> true;
    };
  }

  /// The words of a search that the index knows.
  static List<String> indexed(Set<String> words) {
    List<String> indexed = new ArrayList<>();
    words.stream().filter(word -> word.length() <= WORD_CHARS_MAX).forEach(indexed::add);
    return indexed;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
