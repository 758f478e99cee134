package dev.anabranch.nostr.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Walks over a JSON text (RFC 8259) in UTF-8, token by token, and never builds a tree.
///
/// Strict: no control character stands unescaped in a string, no surrogate stands alone, no name
/// stands twice in an object. Every method leaves with [MalformedText] at the first byte that is
/// wrong. The bytes given bound all that is made from them.
public final class JsonReader {

  /// The greatest number that every JSON implementation counts exactly.
  public static final long INTEGER_MAX = (1L << 53) - 1;

  /// Nested arrays and objects in a value that is skipped.
  private static final int DEPTH_MAX = 32;

  private final byte[] bytes;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private int position;

  /// A reader at the beginning of a text.
  public JsonReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /// How many bytes have been read.
  public int position() {
    return position;
  }

  /// What reads one member's value.
  @FunctionalInterface
  public interface MemberReader {

    /// Reads the value that stands next.
    void read(String name);
  }

  /// Reads an object; each name may stand once.
  public void object(MemberReader member) {
    expect('{');
    if (accept('}')) {
      return;
    }
    Set<String> names = new HashSet<>();
    do {
      String name = string();
      if (!names.add(name)) {
        throw wrong("the name \"" + shortened(name) + "\" stands twice");
      }
      expect(':');
      member.read(name);
    } while (accept(','));
    expect('}');
  }

  /// Reads an array whose elements a parser reads one by one.
  public void array(Runnable element) {
    expect('[');
    if (accept(']')) {
      return;
    }
    do {
      element.run();
    } while (accept(','));
    expect(']');
  }

  /// Reads one sign, white space before it aside.
  public void expect(char sign) {
    if (!accept(sign)) {
      throw wrong("'" + sign + "' is expected");
    }
  }

  /// Reads one sign if it stands next.
  public boolean accept(char sign) {
    if (peek() != sign) {
      return false;
    }
    position++;
    return true;
  }

  /// The next byte that is not white space, or −1 at the end; not read yet.
  public int peek() {
    while (position < bytes.length) {
      byte next = bytes[position];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next & 0xff;
      }
      position++;
    }
    return -1;
  }

  /// Nothing may follow.
  public void expectEnd() {
    if (peek() >= 0) {
      throw wrong("there is more text behind the value");
    }
  }

  /// Reads a whole number from 0 to 2^53 − 1, without sign, fraction or exponent.
  public long integer() {
    peek();
    int start = position;
    long number = 0;
    while (position < bytes.length && bytes[position] >= '0' && bytes[position] <= '9') {
      number = number * 10 + (bytes[position++] - '0');
      if (number > INTEGER_MAX) {
        throw wrong("a number exceeds " + INTEGER_MAX);
      }
    }
    boolean isPlain = position > start && (bytes[start] != '0' || position == start + 1);
    if (!isPlain || (position < bytes.length && isNumberSign(bytes[position]))) {
      throw wrong("a whole number without sign, fraction or exponent is expected");
    }
    return number;
  }

  /// The same, with a sign in front or not.
  public long signedInteger() {
    if (peek() != '-') {
      return integer();
    }
    boolean isBeforeDigit =
        position + 1 < bytes.length && bytes[position + 1] >= '0' && bytes[position + 1] <= '9';
    if (!isBeforeDigit) {
      throw wrong("a digit is expected behind the sign");
    }
    position++;
    return -integer();
  }

  /// Reads any number and gives its spelling.
  public String number() {
    peek();
    int start = position;
    skipNumber();
    return new String(bytes, start, position - start, StandardCharsets.US_ASCII);
  }

  /// Reads `null`.
  public void nothing() {
    peek();
    word("null");
  }

  /// Reads `true` or `false`.
  public boolean bool() {
    if (peek() == 't') {
      word("true");
      return true;
    }
    word("false");
    return false;
  }

  /// Reads a string and undoes its escapes.
  public String string() {
    if (peek() != '"') {
      throw wrong("a string is expected");
    }
    position++;
    int start = position;
    boolean isAscii = true;
    while (position < bytes.length) {
      byte next = bytes[position];
      if (next == '"') {
        String text = plain(start, isAscii);
        position++;
        return text;
      }
      if (next == '\\') {
        return escaped(start);
      }
      if (next >= 0 && next < 0x20) {
        throw wrong("a control character stands unescaped in a string");
      }
      isAscii &= next >= 0;
      position++;
    }
    throw wrong("the text ends in a string");
  }

  /// Reads over one value of any kind.
  public void skip() {
    skip(DEPTH_MAX);
  }

  private void skip(int depth) {
    if (depth == 0) {
      throw wrong("nested deeper than " + DEPTH_MAX);
    }
    switch (peek()) {
      case '{' -> object(name -> skip(depth - 1));
      case '[' -> array(() -> skip(depth - 1));
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> skipNumber();
    }
  }

  private void skipNumber() {
    peek();
    if (position < bytes.length && bytes[position] == '-') {
      position++;
    }
    int first = position;
    skipDigits();
    if (bytes[first] == '0' && position > first + 1) {
      throw wrong("a number begins with 0");
    }
    if (position < bytes.length && bytes[position] == '.') {
      position++;
      skipDigits();
    }
    if (position < bytes.length && (bytes[position] | 0x20) == 'e') {
      position++;
      if (position < bytes.length && (bytes[position] == '+' || bytes[position] == '-')) {
        position++;
      }
      skipDigits();
    }
  }

  private void skipDigits() {
    int start = position;
    while (position < bytes.length && bytes[position] >= '0' && bytes[position] <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong("a value is expected");
    }
  }

  private static boolean isNumberSign(byte sign) {
    return sign == '.' || (sign | 0x20) == 'e' || sign == '+' || sign == '-';
  }

  private void word(String word) {
    for (int index = 0; index < word.length(); index++) {
      if (position >= bytes.length || bytes[position] != word.charAt(index)) {
        throw wrong("a value is expected");
      }
      position++;
    }
  }

  private String plain(int start, boolean isAscii) {
    return isAscii
        ? new String(bytes, start, position - start, StandardCharsets.ISO_8859_1)
        : utf8(start);
  }

  private String utf8(int start) {
    try {
      return utf8.decode(ByteBuffer.wrap(bytes, start, position - start)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw wrong("a string is not UTF-8");
    }
  }

  /// The rest of a string from its first backslash on.
  private String escaped(int start) {
    StringBuilder text = new StringBuilder(position - start + 32).append(utf8(start));
    int clean = position;
    boolean isAscii = true;
    while (position < bytes.length) {
      byte next = bytes[position];
      if (next == '"') {
        text.append(plain(clean, isAscii));
        position++;
        return withoutLoneSurrogates(text);
      }
      if (next >= 0 && next < 0x20) {
        throw wrong("a control character stands unescaped in a string");
      }
      if (next == '\\') {
        text.append(plain(clean, isAscii));
        position++;
        text.append(escape());
        clean = position;
        isAscii = true;
      } else {
        isAscii &= next >= 0;
        position++;
      }
    }
    throw wrong("the text ends in a string");
  }

  private char escape() {
    int sign = position < bytes.length ? bytes[position++] : -1;
    return switch (sign) {
      case '"', '\\', '/' -> (char) sign;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw wrong("an escape that JSON does not know");
    };
  }

  private char codeUnit() {
    int unit = 0;
    for (int index = 0; index < 4; index++) {
      int digit = position < bytes.length ? bytes[position++] : -1;
      int value = digit < 0 ? -1 : Character.digit(digit, 16);
      if (value < 0) {
        throw wrong("an escape without four hexadecimal digits");
      }
      unit = unit << 4 | value;
    }
    return (char) unit;
  }

  private String withoutLoneSurrogates(StringBuilder text) {
    for (int index = 0; index < text.length(); index++) {
      char unit = text.charAt(index);
      if (Character.isHighSurrogate(unit)
          && index + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(index + 1))) {
        index++;
      } else if (Character.isSurrogate(unit)) {
        throw wrong("a string holds a lone surrogate");
      }
    }
    return text.toString();
  }

  /// What is wrong, with the place.
  public MalformedText wrong(String detail) {
    return new MalformedText(detail + " (byte " + position + ")");
  }

  private static String shortened(String name) {
    return name.length() <= 32 ? name : name.substring(0, 32) + "…";
  }
}
