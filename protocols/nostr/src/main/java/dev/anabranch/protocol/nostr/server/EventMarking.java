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
import dev.anabranch.nostr.text.Parsed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How an event is found: by 64 bits of its names, its time, its tags and its words.
public final class EventMarking implements Marking {

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
        Set.copyOf(indexed(Search.words(event))));
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

  /// Those words of many that the index knows.
  static List<String> indexed(Set<String> words) {
    return words.stream().filter(word -> word.length() <= Search.WORD_CHARS_MAX).toList();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
