package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.Arrays;

/// A run of UTF-16 code units; several items may hold parts of one run.
///
/// The item says where its part begins ([Item#textStart]); parts never overlap. Cutting an item is
/// arithmetic, and so is appending to the part at the end of its run.
final class TextContent extends Content {
  static final int REFERENCE = 4;

  /// What JavaScript leaves of a surrogate pair that was cut in two.
  private static final char REPLACEMENT = '\ufffd';

  char[] units;
  int used;

  TextContent(int capacity) {
    units = new char[capacity];
  }

  /// Puts a text behind what the run holds and answers where it begins.
  int append(String text) {
    int start = used;
    ensure(text.length());
    text.getChars(0, text.length(), units, used);
    used += text.length();
    return start;
  }

  void trim() {
    if (units.length - used > 16) {
      units = Arrays.copyOf(units, used);
    }
  }

  String text(Item item) {
    return new String(units, item.textStart, item.length);
  }

  void appendTo(StringBuilder out, Item item, int from, int to) {
    out.append(units, item.textStart + from, to - from);
  }

  boolean endsWithHighSurrogate(Item item) {
    return Character.isHighSurrogate(units[item.textStart + item.length - 1]);
  }

  @Override
  int reference() {
    return REFERENCE;
  }

  @Override
  void write(UpdateWriter out, Item item, int offset) {
    out.writeString(units, item.textStart + offset, item.length - offset);
  }

  @Override
  Content split(Item left, Item right, int at) {
    right.textStart = left.textStart + at;
    if (Character.isHighSurrogate(units[right.textStart - 1])) {
      units[right.textStart - 1] = REPLACEMENT;
      units[right.textStart] = REPLACEMENT;
    }
    return this;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether two parts lie in one run
  boolean mergeWith(Item left, Item right) {
    TextContent other = (TextContent) right.content;
    int end = left.textStart + left.length;
    if (other == this && right.textStart == end) {
      return true;
    }
    TextContent run = end == used ? this : movedToNewRun(left, right.length);
    run.appendUnits(other.units, right.textStart, right.length);
    return true;
  }

  @Override
  Content copyFor(Item from, Item to) {
    TextContent copy = new TextContent(from.length);
    copy.appendUnits(units, from.textStart, from.length);
    to.textStart = 0;
    return copy;
  }

  /// Puts a text behind an item's part, in another run if this one goes on with something else.
  void extend(Item item, String text) {
    boolean isLast = item.textStart + item.length == used;
    TextContent run = isLast ? this : movedToNewRun(item, text.length());
    run.append(text);
  }

  private TextContent movedToNewRun(Item item, int more) {
    TextContent run = new TextContent(2 * (item.length + more));
    run.appendUnits(units, item.textStart, item.length);
    item.textStart = 0;
    item.content = run;
    return run;
  }

  private void appendUnits(char[] from, int start, int length) {
    ensure(length);
    System.arraycopy(from, start, units, used, length);
    used += length;
  }

  private void ensure(int more) {
    if (units.length - used < more) {
      units = Arrays.copyOf(units, Math.max(units.length * 2, used + more));
    }
  }
}
