package dev.anabranch.crdt;

import org.jspecify.annotations.Nullable;

/// Finds what stands for a unit now, after undo has put something in its place.
final class ItemSearch {
  private ItemSearch() {}

  /// An item, and which of its units was asked for.
  record Hit(Item item, int offset) {}

  static @Nullable Hit followRedone(Document document, BlockId id) {
    BlockId next = id;
    while (true) {
      ClientBlocks client = document.store().client(next.client());
      if (client == null
          || client.next() <= next.clock()
          || !(client.find(next.clock()) instanceof Item item)) {
        return null;
      }
      int offset = next.clock() - item.clock;
      BlockId redone = document.redone(item);
      if (redone == null) {
        return new Hit(item, offset);
      }
      next = new BlockId(redone.client(), redone.clock() + offset);
    }
  }

  /// The item that begins with a unit, after a cut if need be; nothing for garbage.
  static @Nullable Item startingAt(Transaction transaction, BlockId id) {
    ClientBlocks client = transaction.document().store().client(id.client());
    return client != null && client.startingAt(transaction, id.clock()) instanceof Item item
        ? item
        : null;
  }

  /// Whether an item stands in a type, directly or in a type in it.
  @SuppressWarnings("ReferenceEquality") // types are themselves
  static boolean isWithin(Branch branch, Item item) {
    for (Item inner = item; inner != null; inner = inner.branch().item) {
      if (inner.parent == branch) {
        return true;
      }
    }
    return false;
  }
}
