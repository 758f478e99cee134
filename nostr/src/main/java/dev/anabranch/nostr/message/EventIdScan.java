package dev.anabranch.nostr.message;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.Hex;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the id of the event in a message that may be wrong in any other way, so that it can be
/// answered; when there is none, what was sent for one.
///
/// It sees quotes, braces and brackets only: neither escapes that JSON does not know, nor raw line
/// feeds, nor names that stand twice, nor deep values keep it from an id before or behind them.
final class EventIdScan {

  /// An event stands in the message's array.
  private static final int EVENT_DEPTH = 2;

  /// The longest text that is repeated as an id that is none, in characters.
  private static final int CLAIM_CHARACTERS_MAX = 128;

  private final byte[] bytes;
  private int position;
  private @Nullable String claim;

  private EventIdScan(byte[] bytes) {
    this.bytes = bytes;
  }

  /// What to call the event of a message: its first well-formed id, else the first text that stands
  /// for one, such as digits in capitals.
  static Optional<String> find(byte[] message) {
    EventIdScan scan = new EventIdScan(message);
    EventId id = scan.find();
    return Optional.ofNullable(id == null ? scan.claim : id.hex());
  }

  private @Nullable EventId find() {
    int depth = 0;
    while (position < bytes.length) {
      switch (bytes[position++]) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> {
          String text = string();
          EventId id = depth == EVENT_DEPTH && text.equals("id") ? value() : null;
          if (id != null) {
            return id;
          }
        }
        default -> {
          // of no meaning here
        }
      }
    }
    return null;
  }

  private @Nullable EventId value() {
    if (peek() != ':') {
      return null;
    }
    position++;
    if (peek() != '"') {
      return null;
    }
    position++;
    String text = string();
    if (Hex.isLower(text, 64)) {
      return new EventId(text);
    }
    if (claim == null && isRepeated(text)) {
      claim = text;
    }
    return null;
  }

  /// Only what stands in JSON as it is: nothing is unescaped here.
  private static boolean isRepeated(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(each -> each > ' ' && each < 127 && each != '\\');
  }

  /// The text up to the next quote that no backslash escapes, as it stands; empty when it is too
  /// long to be of use.
  private String string() {
    int start = position;
    while (position < bytes.length && bytes[position] != '"') {
      position += bytes[position] == '\\' ? 2 : 1;
    }
    int end = Math.min(position, bytes.length);
    position = end + 1;
    return end - start > CLAIM_CHARACTERS_MAX
        ? ""
        : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private int peek() {
    while (position < bytes.length && " \t\r\n".indexOf(bytes[position]) >= 0) {
      position++;
    }
    return position < bytes.length ? bytes[position] : -1;
  }
}
