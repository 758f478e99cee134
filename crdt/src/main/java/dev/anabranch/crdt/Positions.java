package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds items by index, and the index of items: from the list's [Landmark], else from the start of
/// a short list, else with a [PositionIndex], which a long list gets on the way.
final class Positions {
  /// How far to walk before an index is worth its memory.
  private static final int STEPS_MAX = 64;

  private Positions() {}

  /// Goes to the item that holds the unit at an index below the list's length.
  static Landmark find(Branch branch, int index) {
    Landmark landmark = landmarkOf(branch);
    if (!landmark.goTo(index) && !walkTo(branch, index, landmark)) {
      indexOf(branch).find(index, landmark);
    }
    return landmark;
  }

  private static boolean walkTo(Branch branch, int index, Landmark landmark) {
    if (branch.index != null) {
      return false;
    }
    int rest = index;
    Item item = branch.start;
    for (int step = 0; step < STEPS_MAX && item != null; step++) {
      int length = item.isVisible() ? item.length : 0;
      if (rest < length) {
        landmark.set(item, index - rest);
        return true;
      }
      rest -= length;
      item = item.right;
    }
    return false;
  }

  /// The item after which something goes that is to stand at an index; cuts where needed.
  static @Nullable Item leftOf(Transaction transaction, Branch branch, int index) {
    if (index == 0) {
      return null;
    }
    Landmark landmark = find(branch, index - 1);
    Item item = landmark.found();
    int at = index - landmark.start;
    if (at < item.length) {
      item.client.startingAt(transaction, item.clock + at);
    }
    return item;
  }

  /// How many units are to be seen before an item.
  static int indexOf(Branch branch, Item item) {
    Landmark landmark = landmarkOf(branch);
    if (!landmark.goTo(item)) {
      landmark.set(item, countBefore(branch, item));
    }
    return landmark.start;
  }

  @SuppressWarnings("ReferenceEquality") // items are themselves
  private static int countBefore(Branch branch, Item item) {
    int before = 0;
    Item other = branch.start;
    for (int step = 0; step < STEPS_MAX && item.leaf == null; step++) {
      if (other == item || other == null) {
        return before;
      }
      before += other.isVisible() ? other.length : 0;
      other = other.right;
    }
    indexOf(branch);
    return item.leaf == null ? before : PositionIndex.indexOf(item.leaf, item);
  }

  /// The marks in force before an item that was just found; nobody may change the map.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  static Map<String, Any> marksAt(Branch branch, Item item) {
    Landmark landmark = landmarkOf(branch);
    if (landmark.item == item && landmark.marks != null) {
      return landmark.marks;
    }
    TextCursor cursor = TextCursor.atStart(branch);
    forEachMark(branch, item, cursor::pass);
    if (landmark.item == item) {
      landmark.marks = cursor.marks();
    }
    return cursor.marks();
  }

  /// Shows the marks that begin or end before an item.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  private static void forEachMark(Branch branch, Item until, Consumer<FormatContent> action) {
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

  private static Landmark landmarkOf(Branch branch) {
    Landmark landmark = branch.landmark;
    if (landmark == null) {
      landmark = new Landmark();
      branch.landmark = landmark;
    }
    return landmark;
  }

  private static PositionIndex indexOf(Branch branch) {
    PositionIndex index = branch.index;
    if (index == null) {
      index = PositionIndex.over(branch);
      branch.index = index;
    }
    return index;
  }
}
