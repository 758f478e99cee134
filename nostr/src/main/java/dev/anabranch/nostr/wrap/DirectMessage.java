package dev.anabranch.nostr.wrap;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.Kinds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A private message to one or several (NIP-17): a rumour of kind 14, wrapped once for each reader
/// and once for its author.
public final class DirectMessage {

  private DirectMessage() {}

  /// What is said, unsigned.
  ///
  /// @param answers the message that this answers; null: none
  public static UnsignedEvent rumour(
      PublicKey author,
      List<PublicKey> readers,
      String text,
      @Nullable EventId answers,
      long nowSeconds) {
    List<Tag> tags = new ArrayList<>();
    readers.forEach(reader -> tags.add(Tag.of("p", reader.hex())));
    if (answers != null) {
      tags.add(Tag.of("e", answers.hex()));
    }
    return new UnsignedEvent(author, nowSeconds, Kinds.DIRECT_MESSAGE, tags, text);
  }

  /// The wraps to publish: one for each reader, one for the author.
  ///
  /// @param random strong, unless it is for a test
  public static List<Event> wraps(
      UnsignedEvent rumour, SecretKey author, long nowSeconds, RandomGenerator random) {
    Set<PublicKey> readers = new LinkedHashSet<>();
    for (Tag tag : rumour.tags()) {
      if (tag.is("p")) {
        readers.add(PublicKey.parse(tag.value()));
      }
    }
    readers.add(author.publicKey());
    return readers.stream()
        .map(reader -> GiftWrap.wrap(rumour, author, reader, nowSeconds, random))
        .toList();
  }
}
