package dev.anabranch.crdt;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds items by index, and the index of items; long lists get a [PositionIndex] on the way.
final class Positions {
  /// How far to walk before an index is worth its memory.
  private static final int STEPS_MAX = 64;

  private Positions() {}

  /// The item that holds the unit at an index below the list's length.
  static PositionIndex.Found find(Branch branch, int index) {
    if (branch.index == null) {
      int rest = index;
      Item item = branch.start;
      for (int step = 0; step < STEPS_MAX && item != null; step++) {
        int length = item.isVisible() ? item.length : 0;
        if (rest < length) {
          return new PositionIndex.Found(item, index - rest);
        }
        rest -= length;
        item = item.right;
      }
    }
    return indexOf(branch).find(index);
  }

  /// The item after which something goes that is to stand at an index; cuts where needed.
  static @Nullable Item leftOf(Transaction transaction, Branch branch, int index) {
    if (index == 0) {
      return null;
    }
    PositionIndex.Found found = find(branch, index - 1);
    Item item = found.item();
    int at = index - found.start();
    if (at < item.length) {
      item.client.startingAt(transaction, item.clock + at);
    }
    return item;
  }

  /// How many units are to be seen before an item.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  static int indexOf(Branch branch, Item item) {
    if (item.leaf != null) {
      return PositionIndex.indexOf(item.leaf, item);
    }
    int before = 0;
    int step = 0;
    for (Item other = branch.start; other != item && other != null; other = other.right) {
      before += other.isVisible() ? other.length : 0;
      if (++step == STEPS_MAX) {
        indexOf(branch);
        return indexOf(branch, item);
      }
    }
    return before;
  }

  /// Shows the marks that begin or end before an item.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  static void forEachMark(Branch branch, Item until, Consumer<FormatContent> action) {
    if (until.leaf != null) {
      PositionIndex.forEachMark(until.leaf, until, action);
      return;
    }
    for (Item item = branch.start; item != until && item != null; item = item.right) {
      if (item.content instanceof FormatContent format && !item.isDeleted()) {
        action.accept(format);
      }
    }
  }

  static PositionIndex indexOf(Branch branch) {
    PositionIndex index = branch.index;
    if (index == null) {
      index = PositionIndex.over(branch);
      branch.index = index;
    }
    return index;
  }
}
