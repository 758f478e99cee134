package dev.anabranch.crdt;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts a block where everybody else puts it: YATA with right origins, as in Yjs.
final class ItemIntegration {
  /// Nothing is missing.
  static final long COMPLETE = -1;

  private final Transaction transaction;
  private final Document document;
  private final BlockStore store;

  ItemIntegration(Transaction transaction) {
    this.transaction = transaction;
    this.document = transaction.document();
    this.store = document.store();
  }

  /// Finds the neighbours and the parent, or answers a client of whom something must come first.
  long resolve(Block block) {
    if (!(block instanceof Item item)) {
      return COMPLETE;
    }
    long missing = missing(item);
    if (missing == COMPLETE) {
      link(item);
    }
    return missing;
  }

  private long missing(Item item) {
    if (item.originClient != null && isMissing(item, item.originClient, item.originClock)) {
      return item.originClient.id;
    }
    if (item.rightOriginClient != null
        && isMissing(item, item.rightOriginClient, item.rightOriginClock)) {
      return item.rightOriginClient.id;
    }
    return item.parent instanceof BlockId(long client, int clock)
            && client != item.client.id
            && clock >= store.next(client)
        ? client
        : COMPLETE;
  }

  private boolean isMissing(Item item, ClientBlocks client, int clock) {
    return client.id != item.client.id && clock >= store.next(client);
  }

  private void link(Item item) {
    boolean lost = false;
    if (item.originClient != null) {
      ClientBlocks client = store.register(item.originClient);
      item.originClient = client;
      item.left = client.endingAt(transaction, item.originClock) instanceof Item left ? left : null;
      lost = item.left == null;
    }
    if (item.rightOriginClient != null) {
      ClientBlocks client = store.register(item.rightOriginClient);
      item.rightOriginClient = client;
      item.right =
          client.startingAt(transaction, item.rightOriginClock) instanceof Item right
              ? right
              : null;
      lost |= item.right == null;
    }
    if (lost) {
      item.parent = null;
    } else {
      item.parent = parentOf(item);
    }
  }

  private @Nullable Parent parentOf(Item item) {
    return switch (item.parent) {
      case null -> inherited(item);
      case Branch branch -> branch;
      case RootName root -> document.root(root.name());
      case BlockId(long client, int clock) ->
          store.client(client) instanceof ClientBlocks blocks
                  && blocks.find(clock) instanceof Item holder
                  && holder.content instanceof TypeContent type
              ? type.branch
              : null;
    };
  }

  private static @Nullable Parent inherited(Item item) {
    Item neighbour = item.left != null ? item.left : item.right;
    if (neighbour == null) {
      return null;
    }
    item.key = neighbour.key;
    return neighbour.parent;
  }

  /// Puts in a block whose neighbours are known, without its first `offset` units.
  void integrate(Block block, int offset) {
    Block rest = offset == 0 ? block : restOf(block, offset);
    rest.client = store.register(rest.client);
    transaction.touch(rest.client);
    if (rest instanceof Item item && item.parent instanceof Branch branch) {
      integrate(item, branch);
    } else if (rest instanceof Garbage) {
      rest.client.add(rest);
    } else {
      rest.client.add(new Garbage(rest.client, rest.clock, rest.length));
    }
  }

  private Block restOf(Block block, int offset) {
    Block rest = block.without(offset);
    if (rest instanceof Item item) {
      item.right = ((Item) block).right;
      item.client = store.register(item.client);
      item.setOrigin(item.client, item.clock - 1);
      item.left =
          item.client.endingAt(transaction, item.clock - 1) instanceof Item left ? left : null;
      // What others read of it is that it follows that unit, wherever the update had it.
      item.parent = item.left == null ? null : inherited(item);
    }
    return rest;
  }

  /// Puts in an item, of here or from elsewhere, whose parent is known.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  private void integrate(Item item, Branch branch) {
    Item left = item.left;
    Item right = item.right;
    boolean conflicts = left == null ? right == null || right.left != null : left.right != right;
    if (conflicts) {
      item.left = leftAfterConflict(item, branch);
    }
    insertAfterLeft(item, branch);
    if (item.key == null) {
      branch.show(item);
    }
    item.client.add(item);
    item.content.integrate(transaction, item);
    transaction.markChanged(branch, item.key);
    if (branch.isDeleted() || (item.key != null && item.right != null)) {
      item.delete(transaction);
    }
  }

  void insert(Item item) {
    item.client = store.register(item.client);
    transaction.touch(item.client);
    integrate(item, item.branch());
  }

  private void insertAfterLeft(Item item, Branch branch) {
    Item left = item.left;
    if (left != null) {
      item.right = left.right;
      left.right = item;
    } else if (item.key != null) {
      item.right = first(branch, item.key);
    } else {
      item.right = branch.start;
      branch.start = item;
    }
    if (item.right != null) {
      item.right.left = item;
    } else if (item.key != null) {
      branch.entries().put(item.key, item);
      if (left != null) {
        left.delete(transaction);
      }
    }
  }

  private static @Nullable Item first(Branch branch, @Nullable String key) {
    if (key == null) {
      return branch.start;
    }
    Item item = branch.entry(key);
    while (item != null && item.left != null) {
      item = item.left;
    }
    return item;
  }

  /// Walks over what others put between the two neighbours, to where the item goes among it.
  ///
  /// `place` numbers the items walked over; those from `conflictsFrom` on compete with the item.
  @SuppressWarnings("ReferenceEquality") // items are themselves
  private @Nullable Item leftAfterConflict(Item item, Branch branch) {
    Item left = item.left;
    Item other = left != null ? left.right : first(branch, item.key);
    Map<Item, Integer> place = new IdentityHashMap<>();
    int conflictsFrom = 0;
    while (other != null && other != item.right) {
      place.put(other, place.size());
      if (item.hasSameOrigin(other)) {
        if (other.client.id < item.client.id) {
          left = other;
          conflictsFrom = place.size();
        } else if (item.hasSameRightOrigin(other)) {
          break;
        }
      } else {
        Integer origin = placeOfOrigin(other, place);
        if (origin == null) {
          break;
        }
        if (origin < conflictsFrom) {
          left = other;
          conflictsFrom = place.size();
        }
      }
      other = other.right;
    }
    return left;
  }

  private static @Nullable Integer placeOfOrigin(Item other, Map<Item, Integer> place) {
    ClientBlocks client = other.originClient;
    return client != null && client.find(other.originClock) instanceof Item origin
        ? place.get(origin)
        : null;
  }
}
