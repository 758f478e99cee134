package dev.anabranch.crdt.encoding;

/// Finds out whether parts of a text are JSON, as [JsonText] reads it, and makes nothing of them.
final class JsonCheck extends JsonCursor {
  private static final String UNDEFINED = "undefined";

  JsonCheck(CharSequence text) {
    super(text);
  }

  /// @throws MalformedUpdate if the part is not JSON, nor the word `undefined`
  void runOld(int from, int to) {
    if (!isUndefined(from, to)) {
      run(from, to);
    }
  }

  /// @throws MalformedUpdate if the part is not JSON
  void run(int from, int to) {
    begin(from, to);
    value(AnyBytes.DEPTH_MAX);
    expectEnd();
  }

  private boolean isUndefined(int from, int to) {
    boolean is = to - from == UNDEFINED.length();
    for (int i = from; is && i < to; i++) {
      is = text.charAt(i) == UNDEFINED.charAt(i - from);
    }
    return is;
  }

  private void value(int depth) {
    expectDepth(depth);
    skipBlanks();
    switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> skipNumber();
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
    for (char unit = nextOfString(); unit != '"'; unit = nextOfString()) {
      if (unit == '\\') {
        escaped();
      }
    }
  }

  private void escaped() {
    char unit = next();
    if (unit == 'u') {
      codeUnit();
    } else if ("\"\\/bfnrt".indexOf(unit) < 0) {
      throw wrong();
    }
  }
}
