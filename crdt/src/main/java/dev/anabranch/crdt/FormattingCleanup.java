package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Deletes marks that have become redundant, as Yjs does.
final class FormattingCleanup {
  private final Transaction closed;
  private final Document document;
  private final Set<Branch> whole = new LinkedHashSet<>();

  private FormattingCleanup(Transaction closed) {
    this.closed = closed;
    this.document = closed.document();
  }

  /// Cleans the texts that a foreign transaction changed.
  static void after(Transaction transaction) {
    new FormattingCleanup(transaction).run();
  }

  private void run() {
    for (Transaction.Touched touched : closed.touched()) {
      if (touched.before != touched.after) {
        // The span is longer than what was added, as in Yjs; it ends with the client's last block.
        long end = (long) touched.before + touched.after;
        touched.client.forEachItem(closed, touched.before, end, this::noteNewMark);
      }
    }
    document.transact(null, this::clean);
  }

  private void noteNewMark(Item item) {
    if (item.isLiveFormat()) {
      whole.add(item.branch());
    }
  }

  private void clean(Transaction transaction) {
    closed.deletions().forEachItem(closed, item -> cleanAfterDeletion(transaction, item));
    whole.forEach(branch -> cleanWhole(transaction, branch));
  }

  private void cleanAfterDeletion(Transaction transaction, Item item) {
    Branch branch = item.branch();
    if (!branch.hasFormatting || whole.contains(branch)) {
      return;
    }
    if (item.content instanceof FormatContent) {
      whole.add(branch);
    } else {
      cleanAround(transaction, item);
    }
  }

  /// Of several marks of one key that nothing visible separates, only the last has effect.
  private static void cleanAround(Transaction transaction, Item deleted) {
    Item item = deleted;
    while (item.right != null && !item.right.isVisible()) {
      item = item.right;
    }
    Set<String> keys = new HashSet<>();
    while (item != null && !item.isVisible()) {
      if (item.content instanceof FormatContent format
          && !item.isDeleted()
          && !keys.add(format.key)) {
        item.delete(transaction);
      }
      item = item.left;
    }
  }

  private static void cleanWhole(Transaction transaction, Branch branch) {
    Item start = branch.start;
    Map<String, Any> marksAtStart = Map.of();
    TextCursor cursor = TextCursor.atStart(branch);
    for (Item item = start; item != null; item = item.right) {
      if (item.isDeleted()) {
        continue;
      }
      if (item.content instanceof FormatContent format) {
        cursor.pass(format);
      } else if (start != null) {
        cleanGap(transaction, start, item, marksAtStart, cursor);
        marksAtStart = new LinkedHashMap<>(cursor.marks());
        start = item;
      }
    }
  }

  /// Deletes marks without effect from one item to the next visible one.
  ///
  /// @param current up to where `marks` of the cursor take the marks into account
  @SuppressWarnings("ReferenceEquality") // items and contents are themselves
  static void cleanGap(
      Transaction transaction,
      Item from,
      @Nullable Item current,
      Map<String, Any> marksAtStart,
      TextCursor cursor) {
    Map<String, FormatContent> last = Map.of();
    Item end = from;
    while (end != null && !end.isVisible()) {
      if (end.content instanceof FormatContent format && !end.isDeleted()) {
        last = last.isEmpty() ? new HashMap<>(4) : last;
        last.put(format.key, format);
      }
      end = end.right;
    }
    if (last.isEmpty()) {
      return;
    }
    boolean reached = false;
    for (Item item = from; item != null && item != end; item = item.right) {
      reached |= item == current;
      if (item.content instanceof FormatContent format && !item.isDeleted()) {
        Any atStart = marksAtStart.getOrDefault(format.key, Any.NULL);
        boolean isIdle = Any.isIdentical(atStart, format.value);
        if (last.get(format.key) != format || isIdle) {
          item.delete(transaction);
          if (!reached && !isIdle && Any.isIdentical(cursor.mark(format.key), format.value)) {
            cursor.pass(new FormatContent(format.key, atStart));
          }
        } else if (!reached) {
          cursor.pass(format);
        }
      }
    }
  }
}
