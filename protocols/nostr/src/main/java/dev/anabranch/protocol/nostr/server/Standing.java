package dev.anabranch.protocol.nostr.server;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// What administrators decided of a key, an event, a kind or an address.
///
/// @param word what it is now, whatever the configuration says
/// @param reason for people; may be empty
record Standing(Word word, String reason) {

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
