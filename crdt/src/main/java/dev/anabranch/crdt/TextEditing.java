package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes a text at a cursor, with as few marks as will do.
///
/// Marks are items of their own that say "from here on". Which ones an edit adds or deletes decides
/// the bytes, so every step here is the one that Yjs takes.
final class TextEditing {
  private final Transaction transaction;
  private final Branch branch;
  private final ItemIntegration integration;
  private final int index;

  TextEditing(Transaction transaction, Branch branch, int index) {
    this.transaction = transaction;
    this.branch = branch;
    this.index = index;
    this.integration = new ItemIntegration(transaction);
  }

  /// The place where the edit begins.
  TextCursor cursor() {
    return TextCursor.at(transaction, branch, index);
  }

  /// Inserts with exactly the given marks; without any, with those in force at the cursor.
  void insert(TextCursor cursor, String text, @Nullable Map<String, Any> marks) {
    boolean asAround = marks == null || (marks.isEmpty() && cursor.marks().isEmpty());
    if (asAround) {
      skipWhatChangesNothing(cursor, cursor.marks());
      if (continueItem(cursor, text)) {
        return;
      }
    }
    TextContent content = new TextContent(text.length());
    content.append(text);
    if (asAround || marks == null) {
      put(cursor, content, text.length());
    } else {
      insert(cursor, content, text.length(), marks);
    }
  }

  void insert(TextCursor cursor, Content content, Map<String, Any> marks) {
    insert(cursor, content, 1, marks);
  }

  /// Typing on makes no new item where the end of the transaction would merge it at once.
  ///
  /// Not behind half a surrogate pair: a later cut there would replace units that Yjs keeps.
  private boolean continueItem(TextCursor cursor, String text) {
    Item left = cursor.left;
    ClientBlocks own = transaction.document().ownBlocks();
    if (left == null || !left.canContinue(own, cursor.right)) {
      return false;
    }
    transaction.touch(own);
    ((TextContent) left.content).extend(left, text);
    left.length += text.length();
    branch.grow(left, text.length());
    transaction.markChanged(branch, null);
    return true;
  }

  private void insert(TextCursor cursor, Content content, int length, Map<String, Any> marks) {
    Map<String, Any> exactly = marks;
    if (!marks.isEmpty() || !cursor.marks().isEmpty()) {
      exactly = new LinkedHashMap<>(marks);
      for (String key : cursor.marks().keySet()) {
        exactly.putIfAbsent(key, Any.NULL);
      }
      exactly = JavaScriptOrder.copyOf(exactly);
    }
    skipWhatChangesNothing(cursor, exactly);
    Map<String, Any> negated = begin(cursor, exactly);
    put(cursor, content, length);
    end(cursor, negated);
  }

  /// Gives marks to the next units, or takes them away with null; fills up with newlines at the
  /// end.
  void format(TextCursor cursor, int length, Map<String, Any> unordered) {
    Map<String, Any> marks = JavaScriptOrder.copyOf(unordered);
    skipWhatChangesNothing(cursor, marks);
    Map<String, Any> negated = begin(cursor, marks);
    int rest = length;
    while (cursor.right != null && (rest > 0 || reachesOverMarks(negated, cursor.right))) {
      Item item = cursor.right;
      if (!item.isDeleted()) {
        if (item.content instanceof FormatContent format) {
          if (!passMark(cursor, item, format, marks, negated, rest)) {
            break;
          }
        } else {
          cutAfter(item, rest);
          rest -= item.length;
        }
      }
      cursor.forward();
    }
    if (rest > 0) {
      TextContent newlines = new TextContent(rest);
      newlines.append("\n".repeat(rest));
      put(cursor, newlines, rest);
    }
    end(cursor, negated);
  }

  void delete(TextCursor cursor, int length) {
    Map<String, Any> marksBefore =
        cursor.marks().isEmpty() ? Map.of() : new LinkedHashMap<>(cursor.marks());
    Item start = cursor.right;
    int rest = length;
    while (rest > 0 && cursor.right != null) {
      Item item = cursor.right;
      if (item.isVisible()) {
        cutAfter(item, rest);
        rest -= item.length;
        item.delete(transaction);
      }
      cursor.forward();
    }
    if (start != null && branch.hasFormatting) {
      FormattingCleanup.cleanGap(transaction, start, cursor.right, marksBefore, cursor);
    }
  }

  private static boolean reachesOverMarks(Map<String, Any> negated, Item right) {
    return !negated.isEmpty() && (right.isDeleted() || right.content instanceof FormatContent);
  }

  /// Deletes a mark that the new ones replace; answers whether to go on.
  private boolean passMark(
      TextCursor cursor,
      Item item,
      FormatContent format,
      Map<String, Any> marks,
      Map<String, Any> negated,
      int rest) {
    Any wanted = marks.get(format.key);
    if (wanted == null) {
      cursor.setMark(format.key, format.value);
      return true;
    }
    if (Any.areEqualMarks(wanted, format.value)) {
      negated.remove(format.key);
    } else if (rest == 0) {
      return false;
    } else {
      negated.put(format.key, format.value);
    }
    item.delete(transaction);
    return true;
  }

  private void cutAfter(Item item, int length) {
    if (length < item.length) {
      item.client.startingAt(transaction, item.clock + length);
    }
  }

  private static void skipWhatChangesNothing(TextCursor cursor, Map<String, Any> marks) {
    while (cursor.right != null && changesNothing(cursor.right, marks)) {
      cursor.forward();
    }
  }

  private static boolean changesNothing(Item item, Map<String, Any> marks) {
    return item.isDeleted()
        || (item.content instanceof FormatContent format
            && Any.areEqualMarks(marks.getOrDefault(format.key, Any.NULL), format.value));
  }

  /// Begins marks that are not in force yet; answers what must come back behind them.
  private Map<String, Any> begin(TextCursor cursor, Map<String, Any> marks) {
    if (marks.isEmpty()) {
      return Map.of();
    }
    Map<String, Any> negated = new LinkedHashMap<>(4);
    marks.forEach((key, value) -> {
      Any now = cursor.mark(key);
      if (!Any.areEqualMarks(now, value)) {
        negated.put(key, now);
        put(cursor, new FormatContent(key, value), 1);
      }
    });
    return negated;
  }

  private void end(TextCursor cursor, Map<String, Any> negated) {
    if (negated.isEmpty()) {
      return;
    }
    for (Item item = cursor.right; item != null; item = cursor.right) {
      if (!item.isDeleted()) {
        if (!(item.content instanceof FormatContent format) || !isNegated(negated, format)) {
          break;
        }
        negated.remove(format.key);
      }
      cursor.forward();
    }
    negated.forEach((key, value) -> put(cursor, new FormatContent(key, value), 1));
  }

  private static boolean isNegated(Map<String, Any> negated, FormatContent format) {
    Any value = negated.get(format.key);
    return value != null && Any.areEqualMarks(value, format.value);
  }

  private void put(TextCursor cursor, Content content, int length) {
    Item item = Item.between(transaction, branch, cursor.left, cursor.right, content, length);
    integration.insert(item);
    cursor.pass(item);
  }
}
