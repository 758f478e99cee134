package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.json.Json;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What administrators decided of a key, an event, a kind, an address or a setting.
///
/// @param word what it is now, whatever the configuration says
/// @param reason for people; may be empty
/// @param shownBy what a banned event of the bridge has in common with those that show the same
///   entity after it ([Places#shownBy]); null = it shows none
/// @param value of a setting; null = it is of none
record Standing(Word word, String reason, @Nullable String shownBy, @Nullable Json value) {

  /// Of what shows no entity.
  Standing(Word word, String reason) {
    this(word, reason, null, null);
  }

  /// Of an event of the bridge.
  Standing(Word word, String reason, @Nullable String shownBy) {
    this(word, reason, shownBy, null);
  }

  /// Of a setting.
  static Standing of(Json value, String reason) {
    return new Standing(Word.NEITHER, reason, null, value);
  }

  /// The reasons of those who joined and left by themselves (NIP-43).
  private static final String JOINED = "joined by an invite";

  private static final String LEFT = "left";

  /// Of somebody who joined.
  static Standing joined() {
    return new Standing(Word.ALLOWED, JOINED);
  }

  /// Of somebody who left, and would be a member otherwise.
  static Standing left() {
    return new Standing(Word.NEITHER, LEFT);
  }

  /// Whether it came about without an administrator.
  boolean isOwn() {
    return equals(joined()) || equals(left());
  }

  /// Allowed, banned, or neither.
  enum Word {
    ALLOWED,
    BANNED,
    NEITHER;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Word> of(String text) {
      for (Word word : values()) {
        if (word.text().equals(text)) {
          return Optional.of(word);
        }
      }
      return Optional.empty();
    }
  }

  Standing {
    Objects.requireNonNull(word, "word");
    Objects.requireNonNull(reason, "reason");
  }
}
