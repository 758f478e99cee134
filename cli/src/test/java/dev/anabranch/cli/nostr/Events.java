package dev.anabranch.cli.nostr;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// Events of tests, all of the past.
final class Events {

  /// In seconds since 1970; the client's events are made later.
  static final long THEN = 1_700_000_000L;

  private Events() {}

  /// The same key for the same number.
  static SecretKey key(int number) {
    return SecretKey.generate(new Random(number));
  }

  static Event event(SecretKey key, int kind, long at, String content, Tag... tags) {
    return new UnsignedEvent(key.publicKey(), at, kind, List.of(tags), content).sign(key);
  }

  /// Notes of many authors, four of each second.
  static List<Event> notes(int count) {
    List<SecretKey> authors = new ArrayList<>();
    for (int author = 0; author < 20; author++) {
      authors.add(key(1_000 + author));
    }
    List<Event> notes = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      notes.add(event(authors.get(index % 20), 1, THEN + index / 4, "note " + index));
    }
    return notes;
  }

  static String lines(List<Event> events) {
    StringBuilder lines = new StringBuilder();
    events.forEach(event -> lines.append(event.json()).append('\n'));
    return lines.toString();
  }

  /// Waits until something is so.
  static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    for (int attempt = 0; attempt < 2_000; attempt++) {
      if (isSo.getAsBoolean()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("not in time: " + what);
  }
}
