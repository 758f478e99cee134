package dev.anabranch.nostr.message;

import dev.anabranch.nostr.text.MalformedText;
import java.util.Objects;

/// A client's name for what it asked for, unique on its connection.
///
/// @param text 1–64 characters where a relay accepts it; what it refuses it names as it came, up to
///   [#REFUSED_CHARACTERS_MAX]
public record SubscriptionId(String text) {

  /// The longest, in characters (NIP-01).
  public static final int CHARACTERS_MAX = 64;

  /// The longest that a refusal repeats, in UTF-16 units.
  public static final int REFUSED_CHARACTERS_MAX = 512;

  public SubscriptionId {
    Objects.requireNonNull(text, "text");
    if (!isRepeated(text)) {
      throw new IllegalArgumentException("subscription id of " + text.length() + " characters");
    }
  }

  /// The id of a peer's text.
  ///
  /// @throws MalformedText when it is empty or too long
  public static SubscriptionId parse(String text) {
    if (!isValid(text)) {
      throw new MalformedText("a subscription id has 1 to " + CHARACTERS_MAX + " characters");
    }
    return new SubscriptionId(text);
  }

  /// Whether a refusal repeats a text: everything that is not too long.
  static boolean isRepeated(String text) {
    return text.length() <= REFUSED_CHARACTERS_MAX;
  }

  private static boolean isValid(String text) {
    return !text.isEmpty() && text.codePointCount(0, text.length()) <= CHARACTERS_MAX;
  }

  @Override
  public String toString() {
    return text;
  }
}
