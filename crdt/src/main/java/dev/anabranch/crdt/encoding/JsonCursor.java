package dev.anabranch.crdt.encoding;

/// A place in a JSON text (RFC 8259), and what both of its readers need there.
abstract class JsonCursor {
  final CharSequence text;
  int position;
  private int end;

  JsonCursor(CharSequence text) {
    this.text = text;
  }

  /// Goes to the first unit of a part.
  final void begin(int from, int to) {
    position = from;
    end = to;
  }

  /// Refuses what follows a value, but for blanks.
  final void expectEnd() {
    skipBlanks();
    if (position < end) {
      throw wrong();
    }
  }

  final void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
  }

  final void skipNumber() {
    accept('-');
    if (!accept('0')) {
      skipDigits();
    }
    if (accept('.')) {
      skipDigits();
    }
    if (accept('e') || accept('E')) {
      if (!accept('+')) {
        accept('-');
      }
      skipDigits();
    }
  }

  private void skipDigits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong();
    }
  }

  final void skipBlanks() {
    while (" \t\r\n".indexOf(peek()) >= 0) {
      position++;
    }
  }

  /// The next unit, or U+FFFF (which starts nothing in JSON) at the end.
  final char peek() {
    return position < end ? text.charAt(position) : '\uffff';
  }

  final char next() {
    if (position >= end) {
      throw wrong();
    }
    return text.charAt(position++);
  }

  /// The next unit of a string.
  final char nextOfString() {
    char unit = next();
    if (unit < 0x20) {
      throw wrong();
    }
    return unit;
  }

  /// The unit that four hexadecimal digits name.
  final char codeUnit() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char digit = next();
      int value = digit < 0x80 ? Character.digit(digit, 16) : -1;
      if (value < 0) {
        throw wrong();
      }
      unit = unit << 4 | value;
    }
    return (char) unit;
  }

  final boolean accept(char unit) {
    boolean found = peek() == unit;
    position += found ? 1 : 0;
    return found;
  }

  final void expect(char unit) {
    if (!accept(unit)) {
      throw wrong();
    }
  }

  /// @param depth how many levels are left
  static void expectDepth(int depth) {
    if (depth == 0) {
      throw new MalformedUpdate("a value nests deeper than " + AnyBytes.DEPTH_MAX);
    }
  }

  final MalformedUpdate wrong() {
    return new MalformedUpdate("not JSON at unit " + position);
  }
}
