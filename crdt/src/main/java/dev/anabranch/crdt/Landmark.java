package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One item of a list whose index is known: where somebody looked or wrote last.
///
/// People write where they wrote before, so the next place is mostly this one or some steps away. A
/// change at the landmark or next to it moves it along; one that is made elsewhere loses it, since
/// nothing says on which side it was.
final class Landmark {
  /// How far to look around before the [PositionIndex] is quicker.
  private static final int STEPS_MAX = 8;

  /// Absent while no place is known.
  @Nullable Item item;

  /// How many units are to be seen before the item.
  int start;

  /// The marks in force at the item, never changed; absent while they are not known.
  @Nullable Map<String, Any> marks;

  void set(Item known, int itsStart) {
    item = known;
    start = itsStart;
    marks = null;
  }

  Item found() {
    if (item == null) {
      throw new IllegalStateException("no place is known");
    }
    return item;
  }

  private void lose() {
    item = null;
    marks = null;
  }

  /// Goes to the item that holds the unit at an index, if it is near.
  boolean goTo(int index) {
    Item at = item;
    int before = start;
    boolean leftwards = index < start;
    for (int step = 0; step < STEPS_MAX && at != null; step++) {
      if (index < before) {
        at = at.left;
        before -= at == null ? 0 : visible(at);
      } else if (index < before + visible(at)) {
        moveTo(at, before, leftwards);
        return true;
      } else {
        before += visible(at);
        at = at.right;
      }
    }
    return false;
  }

  /// Goes to an item, if it is near.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  boolean goTo(Item wanted) {
    Item right = item;
    Item left = item;
    int rightStart = start;
    int leftStart = start;
    for (int step = 0; step < STEPS_MAX; step++) {
      if (right == wanted) {
        moveTo(wanted, rightStart, false);
        return true;
      }
      if (left == wanted) {
        moveTo(wanted, leftStart, true);
        return true;
      }
      if (right != null) {
        rightStart += visible(right);
        right = right.right;
      }
      if (left != null) {
        left = left.left;
        leftStart -= left == null ? 0 : visible(left);
      }
    }
    return false;
  }

  /// An item was linked into the list.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  void show(Item shown) {
    if (item == null) {
      return;
    }
    if (shown.left == item) {
      moveTo(shown, start + visible(item), false);
    } else if (shown.right == item) {
      start += visible(shown);
    } else {
      lose();
    }
    loseMarksAt(shown);
  }

  /// Units were put behind those of an item.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  void grow(Item grown) {
    if (grown != item) {
      lose();
    }
  }

  /// An item is about to be deleted.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  void hide(Item hidden) {
    if (item == null) {
      return;
    }
    if (hidden.left == item) {
      moveTo(hidden, start + visible(item), false);
    } else if (hidden.right == item) {
      start -= visible(hidden);
    } else if (hidden != item) {
      lose();
    }
    loseMarksAt(hidden);
  }

  /// An item became part of its left neighbour, which has its old length still.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  void merge(Item gone, Item into) {
    if (gone == item) {
      item = into;
      start -= visible(into);
    }
  }

  private void moveTo(Item next, int itsStart, boolean leftwards) {
    if (marks != null && hasMarkBetween(leftwards ? next : item, leftwards ? item : next)) {
      marks = null;
    }
    item = next;
    start = itsStart;
  }

  @SuppressWarnings("ReferenceEquality") // items are themselves
  private static boolean hasMarkBetween(@Nullable Item from, @Nullable Item to) {
    for (Item at = from; at != null && at != to; at = at.right) {
      if (at.content instanceof FormatContent) {
        return true;
      }
    }
    return false;
  }

  private void loseMarksAt(Item changed) {
    if (changed.content instanceof FormatContent) {
      marks = null;
    }
  }

  private static int visible(Item item) {
    return item.isVisible() ? item.length : 0;
  }
}
