package dev.anabranch.crdt;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Forgets the content of what was deleted, and the place of what stood in a deleted type.
final class GarbageCollection {
  private final Deque<Branch> types = new ArrayDeque<>();

  static void collect(BlockStore store, DeleteSet deletions) {
    GarbageCollection collection = new GarbageCollection();
    deletions.forEach((id, ranges) -> {
      ClientBlocks client = store.client(id);
      for (int i = ranges.size() - 1; client != null && i >= 0; i--) {
        collection.collect(client, ranges.clock(i), ranges.end(i));
      }
    });
  }

  private void collect(ClientBlocks client, int from, int to) {
    for (int i = client.indexOf(from); i < client.size() && client.get(i).clock < to; i++) {
      if (client.get(i) instanceof Item item && item.isDeleted() && !item.isKept()) {
        forget(item);
        item.content = DeletedContent.INSTANCE;
        collectTypes();
      }
    }
  }

  private void forget(Item item) {
    if (item.content instanceof TypeContent type) {
      types.add(type.branch);
    }
  }

  private void collectTypes() {
    while (!types.isEmpty()) {
      Branch type = types.remove();
      for (Item item = type.start; item != null; item = item.right) {
        replace(item);
      }
      type.entries().values().forEach(this::replaceAll);
      type.clear();
    }
  }

  private void replaceAll(@Nullable Item rightmost) {
    for (Item item = rightmost; item != null; item = item.left) {
      replace(item);
    }
  }

  private void replace(Item item) {
    forget(item);
    ClientBlocks client = item.client;
    int index = client.indexOf(item.clock);
    client.replace(index, new Garbage(client, item.clock, item.length));
  }
}
