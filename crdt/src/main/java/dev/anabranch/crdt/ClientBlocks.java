package dev.anabranch.crdt;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All blocks of one client, ascending and without a hole.
final class ClientBlocks {
  private static final Block[] NONE = {};
  private static final int UNREGISTERED = -1;

  final long id;

  /// In which order the clients first came into the document.
  int ordinal = UNREGISTERED;

  /// The newest transaction that added blocks here, and what came next before it did.
  @Nullable Transaction touchedBy;

  int touchedAt;
  private Block[] blocks = NONE;
  private int size;

  ClientBlocks(long id) {
    this.id = id;
  }

  /// Whether this is the object that stands for the client in a document.
  boolean isRegistered() {
    return ordinal != UNREGISTERED;
  }

  int size() {
    return size;
  }

  Block get(int index) {
    return blocks[index];
  }

  void replace(int index, Block block) {
    blocks[index] = block;
  }

  /// The clock that the client's next unit will have.
  int next() {
    return size == 0 ? 0 : blocks[size - 1].end();
  }

  void add(Block block) {
    if (block.clock != next()) {
      throw new IllegalStateException(block.id() + " was added where " + next() + " comes next");
    }
    insert(size, block);
  }

  /// The index of the block that holds a clock.
  int indexOf(int clock) {
    int low = 0;
    int high = size - 1;
    if (high >= 0 && blocks[high].clock <= clock && clock < blocks[high].end()) {
      return high;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Block block = blocks[middle];
      if (clock < block.clock) {
        high = middle - 1;
      } else if (clock < block.end()) {
        return middle;
      } else {
        low = middle + 1;
      }
    }
    throw new NoSuchElementException("client " + id + " has no unit " + clock);
  }

  /// The block that has the units from a clock on until before another, and no others.
  @Nullable Block only(int from, int to) {
    if (from >= to) {
      return null;
    }
    Block block = blocks[indexOf(from)];
    return block.clock == from && block.end() == to ? block : null;
  }

  Block find(int clock) {
    return blocks[indexOf(clock)];
  }

  /// The index of a block that begins at a clock, after a cut if need be.
  int indexOfStart(Transaction transaction, int clock) {
    int index = indexOf(clock);
    Block block = blocks[index];
    if (block.clock < clock && block instanceof Item item) {
      insert(index + 1, item.split(transaction, clock - item.clock));
      return index + 1;
    }
    return index;
  }

  Block startingAt(Transaction transaction, int clock) {
    int index = indexOfStart(transaction, clock);
    return blocks[index];
  }

  /// The block that ends with a clock, after a cut if need be.
  Block endingAt(Transaction transaction, int clock) {
    int index = indexOf(clock);
    Block block = blocks[index];
    if (clock != block.end() - 1 && block instanceof Item item) {
      insert(index + 1, item.split(transaction, clock - item.clock + 1));
    }
    return block;
  }

  /// Shows the items from a clock on until before another, cut to fit; garbage is passed over.
  void forEachItem(Transaction transaction, int from, long to, Consumer<Item> action) {
    int index = indexOfStart(transaction, from);
    while (index < size && blocks[index].clock < to) {
      Block block = blocks[index++];
      if (to < block.end()) {
        indexOfStart(transaction, (int) to);
      }
      if (block instanceof Item item) {
        action.accept(item);
      }
    }
  }

  /// Merges each of the blocks from one index to another with what is to its left, and goes on
  /// leftwards from the first as long as there is something to merge.
  void merge(int first, int last) {
    int from = Math.max(first, 1);
    if (from > last) {
      return;
    }
    int start = from - 1;
    if (mergeTwo(blocks[start], blocks[from])) {
      while (start > 0 && mergeTwo(blocks[start - 1], blocks[start])) {
        start--;
      }
    } else {
      start = from;
    }
    int kept = start;
    for (int i = from + 1; i <= last; i++) {
      Block right = blocks[i];
      if (!mergeTwo(blocks[kept], right)) {
        blocks[++kept] = right;
      }
    }
    removeBetween(kept + 1, last + 1);
  }

  private static boolean mergeTwo(Block left, Block right) {
    if (left.isDeleted() != right.isDeleted() || !left.mergeWith(right)) {
      return false;
    }
    if (right instanceof Item item && item.key != null) {
      takeOverKey((Item) left, item, item.key);
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // whether the key's value is the very item
  private static void takeOverKey(Item left, Item right, String key) {
    Branch branch = left.branch();
    if (branch.entry(key) == right) {
      branch.entries().put(key, left);
    }
  }

  private void insert(int index, Block block) {
    if (size == blocks.length) {
      blocks = Arrays.copyOf(blocks, size == 0 ? 2 : size + (size >> 1) + 1);
    }
    System.arraycopy(blocks, index, blocks, index + 1, size - index);
    blocks[index] = block;
    size++;
  }

  private void removeBetween(int from, int to) {
    if (from == to) {
      return;
    }
    System.arraycopy(blocks, to, blocks, from, size - to);
    Arrays.fill(blocks, size - (to - from), size, null);
    size -= to - from;
  }
}
