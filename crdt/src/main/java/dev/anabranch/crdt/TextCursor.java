package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A place between two items of a text, and the marks that are in force there.
final class TextCursor {
  private static final Map<String, Any> NO_MARKS = Map.of();

  @Nullable Item left;
  @Nullable Item right;
  private Map<String, Any> marks = NO_MARKS;

  private TextCursor(@Nullable Item left, @Nullable Item right) {
    this.left = left;
    this.right = right;
  }

  static TextCursor atStart(Branch branch) {
    return new TextCursor(null, branch.start);
  }

  /// The place at an index, directly behind the unit before it.
  static TextCursor at(Transaction transaction, Branch branch, int index) {
    Item left = Positions.leftOf(transaction, branch, index);
    TextCursor cursor = new TextCursor(left, left == null ? branch.start : left.right);
    if (branch.hasFormatting && left != null) {
      Map<String, Any> marks = Positions.marksAt(branch, left);
      cursor.marks = marks.isEmpty() ? NO_MARKS : new LinkedHashMap<>(marks);
    }
    return cursor;
  }

  Map<String, Any> marks() {
    return marks;
  }

  Any mark(String key) {
    return marks.getOrDefault(key, Any.NULL);
  }

  void setMark(String key, Any value) {
    if (marks.isEmpty()) {
      marks = new LinkedHashMap<>(4);
    }
    marks.put(key, value);
  }

  void pass(FormatContent format) {
    if (!(format.value instanceof Any.Null)) {
      setMark(format.key, format.value);
    } else if (!marks.isEmpty()) {
      marks.remove(format.key);
    }
  }

  void forward() {
    Item passed = right;
    if (passed == null) {
      throw new IllegalStateException("the text ends here");
    }
    if (passed.content instanceof FormatContent format && !passed.isDeleted()) {
      pass(format);
    }
    left = passed;
    right = passed.right;
  }

  /// Steps behind an item that was just put in here.
  void pass(Item inserted) {
    right = inserted;
    forward();
  }
}
