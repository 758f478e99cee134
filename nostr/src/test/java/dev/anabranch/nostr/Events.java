package dev.anabranch.nostr;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import java.util.Random;

/// Events for tests, signed by keys that every test knows.
public final class Events {
  public static final SecretKey ALICE = SecretKey.generate(new Random(1));
  public static final SecretKey BOB = SecretKey.generate(new Random(2));

  private Events() {}

  /// An event at second 100.
  public static Event by(SecretKey author, int kind, Tag... tags) {
    return at(100, author, kind, tags);
  }

  public static Event at(long seconds, SecretKey author, int kind, Tag... tags) {
    return new UnsignedEvent(author.publicKey(), seconds, kind, List.of(tags), "").sign(author);
  }
}
