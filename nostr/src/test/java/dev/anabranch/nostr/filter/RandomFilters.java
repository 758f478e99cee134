package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/// Events and filters made by chance from few values, so that they often meet. The events are well
/// formed and not signed.
final class RandomFilters {
  private static final int VALUES = 12;
  private static final String LETTERS = "tepaTh";
  private static final String[] WORDS = {
    "cat", "Dog", "bird's", "fish", "ÉTÉ", "cat dog", "e\u0301te\u0301", "ΣΑΣ", "σας", "東京", "京",
    "ﾃｽﾄ", "テ", "2nd", "２", "ß", "STRASSE", "dog-fish", "naïve…", "\u0301", "〇", "ﬁsh"
  };
  private static final String[] NO_WORDS = {
    "!!!", "", " ", "language:en", "cat language:en", "see:it!", "a:", ":b", "https://cat", "1:cat"
  };
  private static final Signature SIGNATURE = new Signature("0".repeat(128));

  private final Random random;
  private final List<EventId> known = new ArrayList<>();

  RandomFilters(Random random) {
    this.random = random;
  }

  Event event() {
    List<Tag> tags = new ArrayList<>();
    for (int index = random.nextInt(5); index > 0; index--) {
      tags.add(tag());
    }
    UnsignedEvent body =
        new UnsignedEvent(author(), random.nextInt(30), kind(), tags, word() + " " + word());
    EventId id = body.id();
    known.add(id);
    return new Event(id, body, SIGNATURE);
  }

  private Tag tag() {
    return switch (random.nextInt(8)) {
      case 0 -> Tag.of("long", value('t'));
      case 1 -> Tag.of("t");
      default -> {
        char letter = letter();
        yield Tag.of(Character.toString(letter), value(letter), value('t'));
      }
    };
  }

  Filter filter() {
    Filter filter = Filter.ANY;
    if (random.nextInt(6) == 0) {
      filter = filter.withIds(some(this::id));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.withAuthors(some(this::author));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.withKinds(some(this::kind));
    }
    for (int tags = random.nextInt(3); tags > 0; tags--) {
      char letter = letter();
      filter = filter.withTag(letter, some(() -> value(letter)));
    }
    if (random.nextInt(5) == 0) {
      char letter = letter();
      filter = filter.withAllTags(letter, some(() -> value(letter)));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.between(random.nextInt(20), 10 + random.nextInt(20));
    }
    return random.nextInt(8) == 0 ? filter.withSearch(new Search(asked())) : filter;
  }

  private <T> Set<T> some(Supplier<T> value) {
    Set<T> values = new LinkedHashSet<>();
    for (int index = random.nextInt(6); index > 0; index--) {
      values.add(value.get());
    }
    return values;
  }

  private EventId id() {
    return known.isEmpty() ? new EventId(hex()) : known.get(random.nextInt(known.size()));
  }

  private PublicKey author() {
    return new PublicKey(hex());
  }

  private String hex() {
    return "%064x".formatted(random.nextInt(VALUES));
  }

  private int kind() {
    return random.nextInt(6);
  }

  private char letter() {
    return LETTERS.charAt(random.nextInt(LETTERS.length()));
  }

  private String value(char letter) {
    return letter == 'e' || letter == 'p' ? hex() : Integer.toString(random.nextInt(VALUES));
  }

  private String asked() {
    return switch (random.nextInt(3)) {
      case 0 -> NO_WORDS[random.nextInt(NO_WORDS.length)];
      case 1 -> word() + " " + word();
      default -> word();
    };
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
