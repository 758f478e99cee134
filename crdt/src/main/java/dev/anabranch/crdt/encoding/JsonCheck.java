package dev.anabranch.crdt.encoding;

/// Finds out whether parts of a text are JSON, as [JsonText] reads it, and makes nothing of them.
final class JsonCheck {
  private static final String UNDEFINED = "undefined";

  private final CharSequence text;
  private int position;
  private int end;

  JsonCheck(CharSequence text) {
    this.text = text;
  }

  /// @throws MalformedUpdate if the part is not JSON, nor the word `undefined`
  void runOld(int from, int to) {
    if (!isUndefined(from, to)) {
      run(from, to);
    }
  }

  /// @throws MalformedUpdate if the part is not JSON
  void run(int from, int to) {
    position = from;
    end = to;
    value(AnyBytes.DEPTH_MAX);
    skipBlanks();
    if (position < end) {
      throw wrong();
    }
  }

  private boolean isUndefined(int from, int to) {
    boolean is = to - from == UNDEFINED.length();
    for (int i = from; is && i < to; i++) {
      is = text.charAt(i) == UNDEFINED.charAt(i - from);
    }
    return is;
  }

  private void value(int depth) {
    if (depth == 0) {
      throw new MalformedUpdate("a value nests deeper than " + AnyBytes.DEPTH_MAX);
    }
    skipBlanks();
    switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void object(int depth) {
    position++;
    skipBlanks();
    if (accept('}')) {
      return;
    }
    do {
      skipBlanks();
      string();
      skipBlanks();
      expect(':');
      value(depth - 1);
      skipBlanks();
    } while (accept(','));
    expect('}');
  }

  private void array(int depth) {
    position++;
    skipBlanks();
    if (accept(']')) {
      return;
    }
    do {
      value(depth - 1);
      skipBlanks();
    } while (accept(','));
    expect(']');
  }

  private void string() {
    expect('"');
    char unit = next();
    while (unit != '"') {
      if (unit < 0x20) {
        throw wrong();
      }
      if (unit == '\\') {
        escaped();
      }
      unit = next();
    }
  }

  private void escaped() {
    char unit = next();
    if (unit == 'u') {
      for (int i = 0; i < 4; i++) {
        char digit = next();
        if (digit >= 0x80 || Character.digit(digit, 16) < 0) {
          throw wrong();
        }
      }
    } else if ("\"\\/bfnrt".indexOf(unit) < 0) {
      throw wrong();
    }
  }

  private void number() {
    accept('-');
    if (!accept('0')) {
      digits();
    }
    if (accept('.')) {
      digits();
    }
    if (accept('e') || accept('E')) {
      if (!accept('+')) {
        accept('-');
      }
      digits();
    }
  }

  private void digits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong();
    }
  }

  private void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
  }

  private void skipBlanks() {
    while (" \t\r\n".indexOf(peek()) >= 0) {
      position++;
    }
  }

  /// The next unit, or U+FFFF (which starts nothing in JSON) at the end.
  private char peek() {
    return position < end ? text.charAt(position) : '\uffff';
  }

  private char next() {
    if (position >= end) {
      throw wrong();
    }
    return text.charAt(position++);
  }

  private boolean accept(char unit) {
    boolean found = peek() == unit;
    position += found ? 1 : 0;
    return found;
  }

  private void expect(char unit) {
    if (!accept(unit)) {
      throw wrong();
    }
  }

  private MalformedUpdate wrong() {
    return new MalformedUpdate("not JSON at unit " + position);
  }
}
