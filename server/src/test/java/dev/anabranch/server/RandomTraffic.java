package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.key;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.NaiveEvent;
import dev.anabranch.testkit.NaiveFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Events and filters made by chance from few values, so that they often meet; the filters as a
/// client may spell them.
final class RandomTraffic {

  static final int AUTHORS = 5;

  private static final int SECONDS = 60;
  private static final List<Integer> KINDS =
      List.of(1, 1, 1, 7, 30, 1111, 0, 10_002, 30_001, 5, 4, 1059);
  private static final List<String> OTHER_WORDS =
      List.of("東京", "ΣΑΣ", "e\u0301te\u0301", "ﾃｽﾄ", "");
  private static final List<String> ASKED_WORDS =
      List.of("京", "σας", "ÉTÉ", "テ", "!!!", "lang:en word1", "see:it", "ス 東");

  private final Random random;
  private final NaiveRelay relay;

  RandomTraffic(Random random, NaiveRelay relay) {
    this.random = random;
    this.relay = relay;
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /// One of the few who write.
  SecretKey author() {
    return key(1 + random.nextInt(AUTHORS));
  }

  // What is published.

  /// An event of some kind, now and then for one of some chats.
  Event event(List<String> chats) {
    int kind = one(KINDS);
    List<Tag> tags = new ArrayList<>();
    for (int tag = random.nextInt(4); tag > 0; tag--) {
      tags.add(Tag.of(random.nextBoolean() ? "t" : "r", "v" + random.nextInt(5)));
    }
    switch (kind) {
      case 4, 1059 -> tags.add(Tag.of("p", author().publicKey().hex()));
      case 5 -> deleted(tags);
      case 30_001 -> {
        if (random.nextInt(4) > 0) {
          tags.add(Tag.of("d", "d" + random.nextInt(3)));
        }
      }
      case 1, 7, 1111 -> {
        if (!chats.isEmpty() && random.nextInt(3) == 0) {
          tags.add(Tag.of("h", one(chats)));
        }
      }
      default -> {}
    }
    return NostrClient.event(
        author(), kind, NOW + random.nextInt(SECONDS), content(), tags.toArray(Tag[]::new));
  }

  private void deleted(List<Tag> tags) {
    for (int target = random.nextInt(3); target > 0 && !relay.events().isEmpty(); target--) {
      NaiveEvent named = one(relay.events());
      if (named.values("p").size() < 2) { // the events that found chats stay
        tags.add(Tag.of("e", named.id()));
      }
    }
  }

  private String content() {
    return "word%d Word%d %s %d"
        .formatted(random.nextInt(6), random.nextInt(6), one(OTHER_WORDS), random.nextInt());
  }

  // What is asked.

  /// A filter, as a client spells it.
  NaiveFilter filter(List<String> chats, int limit) {
    List<String> fields = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      String stranger = key(1 + random.nextInt(AUTHORS + 1)).publicKey().hex();
      fields.add(list("authors", stranger, author().publicKey().hex()));
    }
    if (random.nextInt(3) == 0) {
      fields.add("\"kinds\":[%d,%d]".formatted(one(KINDS), one(List.of(1, 4, 999, 20_001, 9))));
    }
    if (random.nextInt(3) == 0) {
      fields.add(list("#t", "v" + random.nextInt(6), "v0"));
    }
    if (random.nextInt(5) == 0) {
      fields.add(list("#r", "v" + random.nextInt(6)));
    }
    if (random.nextInt(6) == 0) {
      fields.add(list("&t", "v1", "v" + random.nextInt(3)));
    }
    if (random.nextInt(8) == 0) {
      fields.add(list("#d", "d" + random.nextInt(4)));
    }
    if (random.nextInt(10) == 0) {
      fields.add(list("#p", author().publicKey().hex()));
    }
    if (!chats.isEmpty() && random.nextInt(6) == 0) {
      fields.add(list("#h", one(chats)));
    }
    if (random.nextInt(4) == 0) {
      String asked = random.nextBoolean() ? "WORD" + random.nextInt(7) : one(ASKED_WORDS);
      fields.add("\"search\":\"" + asked + "\"");
    }
    if (random.nextInt(5) == 0 && !relay.taken().isEmpty()) {
      fields.add(list("ids", one(relay.taken()).id(), relay.taken().getFirst().id()));
    }
    if (random.nextInt(3) == 0) {
      fields.add("\"since\":" + (NOW + random.nextInt(SECONDS)));
      fields.add("\"until\":" + (NOW + random.nextInt(SECONDS)));
    }
    fields.add("\"limit\":" + limit);
    return new NaiveFilter("{" + String.join(",", fields) + "}");
  }

  private static String list(String name, String... values) {
    return "\"" + name + "\":[\"" + String.join("\",\"", values) + "\"]";
  }
}
