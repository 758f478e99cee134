package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes one step of an [UndoHistory] back.
final class Reversal {
  private final UndoHistory history;
  private boolean changed;

  Reversal(UndoHistory history) {
    this.history = history;
  }

  boolean hasChanged() {
    return changed;
  }

  void run(Transaction transaction, UndoHistory.Step step) {
    List<Item> inserted = new ArrayList<>();
    step.insertions.forEachItem(
        transaction,
        item -> {
          Item now = current(transaction, item);
          if (now != null && !now.isDeleted() && history.covers(now)) {
            inserted.add(now);
          }
        });
    Set<Item> deleted = history.deletedItems(transaction, step);
    for (Item item : deleted) {
      changed |= new Redo(transaction, step, deleted).redo(item) != null;
    }
    for (Item item : inserted.reversed()) {
      item.delete(transaction);
      changed = true;
    }
  }

  /// Keeps an item's content from being forgotten, or lets it go, with all that it stands in.
  static void keep(Item first, boolean kept) {
    for (Item item = first; item != null && item.isKept() != kept; item = item.branch().item) {
      item.setKept(kept);
    }
  }

  private @Nullable Item current(Transaction transaction, Item item) {
    if (!item.isRedone()) {
      return item;
    }
    ItemSearch.Hit hit = ItemSearch.followRedone(history.document(), item.id());
    if (hit == null || hit.offset() == 0) {
      return hit == null ? null : hit.item();
    }
    Item found = hit.item();
    return ItemSearch.startingAt(
        transaction, new BlockId(found.client.id, found.clock + hit.offset()));
  }

  /// Puts deleted items in again, each as a new item where the old one was.
  private final class Redo {
    private final Transaction transaction;
    private final UndoHistory.Step step;
    private final Set<Item> deleted;

    Redo(Transaction transaction, UndoHistory.Step step, Set<Item> deleted) {
      this.transaction = transaction;
      this.step = step;
      this.deleted = deleted;
    }

    /// What stands for the item now, or nothing if it cannot come back.
    @Nullable Item redo(Item item) {
      BlockId redone = history.document().redone(item);
      if (redone != null) {
        return ItemSearch.startingAt(transaction, redone);
      }
      Branch parent = parentNow(item.branch());
      if (parent == null) {
        return null;
      }
      if (item.key == null) {
        Item left = neighbourIn(parent, item.left, true);
        Item right = neighbourIn(parent, item, false);
        return insert(item, parent, left, right);
      }
      return redoKey(item, parent, item.key);
    }

    /// The type itself, or what came back for it if it was deleted.
    private @Nullable Branch parentNow(Branch branch) {
      Item holder = branch.item;
      if (holder == null || !holder.isDeleted()) {
        return branch;
      }
      if (!holder.isRedone() && (!deleted.contains(holder) || redo(holder) == null)) {
        return null;
      }
      Item now = last(holder);
      return now != null && now.content instanceof TypeContent type ? type.branch : null;
    }

    private @Nullable Item last(Item item) {
      Item now = item;
      while (now != null && now.isRedone()) {
        BlockId redone = history.document().redone(now);
        now = redone == null ? null : ItemSearch.startingAt(transaction, redone);
      }
      return now;
    }

    /// The nearest neighbour that stands, itself or as what came back for it, in the parent.
    private @Nullable Item neighbourIn(Branch parent, @Nullable Item from, boolean leftwards) {
      Item neighbour = from;
      while (neighbour != null) {
        Item trace = neighbour;
        while (trace != null && !isIn(parent, trace)) {
          BlockId redone = history.document().redone(trace);
          trace = redone == null ? null : ItemSearch.startingAt(transaction, redone);
        }
        if (trace != null) {
          return trace;
        }
        neighbour = leftwards ? neighbour.left : neighbour.right;
      }
      return null;
    }

    @SuppressWarnings("ReferenceEquality") // types are themselves
    private static boolean isIn(Branch parent, Item item) {
      return item.branch().item == parent.item;
    }

    private @Nullable Item redoKey(Item item, Branch parent, String key) {
      Item left = parent.entry(key);
      if (item.right != null && !history.ignoresRemoteMapChanges()) {
        left = item;
        while (left != null && left.right != null && gaveWay(left.right)) {
          left = last(left.right);
        }
        if (left != null && left.right != null) {
          return null;
        }
      }
      if (left != null && !isIn(parent, left)) {
        left = parent.entry(key);
      }
      return insert(item, parent, left, null);
    }

    /// Whether a later value of a key was itself undone, or will be.
    private boolean gaveWay(Item later) {
      return later.isRedone()
          || step.insertions.contains(later.client.id, later.clock)
          || history.holdsDeletionOf(later);
    }

    private Item insert(Item item, Branch parent, @Nullable Item left, @Nullable Item right) {
      Item anew = Item.between(transaction, parent, left, right, item.content, item.length);
      anew.key = item.key;
      anew.content = item.content.copyFor(item, anew);
      history.document().setRedone(item, anew.id());
      keep(anew, true);
      new ItemIntegration(transaction).insert(anew);
      return anew;
    }
  }
}
