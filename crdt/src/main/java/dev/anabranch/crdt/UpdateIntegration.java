package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.WriterV2;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts the blocks of an update in, each after what it refers to, and keeps what must wait.
final class UpdateIntegration {
  private final BlockStore store;
  private final ItemIntegration items;
  private final Map<Long, Queue> queues = new HashMap<>();
  private final Deque<Long> order = new ArrayDeque<>();
  private final Deque<Block> waiting = new ArrayDeque<>();
  private final Map<Long, Integer> missing = new LinkedHashMap<>();
  private final Map<Long, List<Block>> rest = new LinkedHashMap<>();

  private UpdateIntegration(Transaction transaction) {
    store = transaction.document().store();
    items = new ItemIntegration(transaction);
  }

  /// Blocks that cannot be put in yet, and what is the first thing missing per client.
  record Waiting(Map<Long, Integer> missing, UpdateV2 update) {}

  private static final class Queue {
    final List<Block> blocks;
    int taken;

    Queue(List<Block> blocks) {
      this.blocks = blocks;
    }

    boolean isEmpty() {
      return taken == blocks.size();
    }
  }

  /// Puts in what can be put in, and answers what must wait.
  static @Nullable Waiting run(Transaction transaction, List<List<Block>> blocks) {
    if (blocks.isEmpty()) {
      return null;
    }
    if (blocks.size() > 1) {
      return new UpdateIntegration(transaction).run(blocks);
    }
    List<Block> only = blocks.getFirst();
    int done = runStraight(transaction, only);
    return done == only.size()
        ? null
        : new UpdateIntegration(transaction).run(List.of(only.subList(done, only.size())));
  }

  /// The usual case: the next blocks of one client, and nothing missing. Answers how many went in.
  private static int runStraight(Transaction transaction, List<Block> blocks) {
    ItemIntegration items = new ItemIntegration(transaction);
    BlockStore store = transaction.document().store();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      int known = store.next(block.client);
      if (block instanceof Gap) {
        continue;
      }
      if (known < block.clock || items.resolve(block) != ItemIntegration.COMPLETE) {
        return i;
      }
      if (known < block.end()) {
        items.integrate(block, known - block.clock);
      }
    }
    return blocks.size();
  }

  private @Nullable Waiting run(List<List<Block>> blocks) {
    List<Long> clients = new ArrayList<>(blocks.size());
    for (List<Block> ofClient : blocks) {
      long client = ofClient.getFirst().client.id;
      clients.add(client);
      queues.put(client, new Queue(ofClient));
    }
    clients.sort((one, other) -> Long.compare(other, one));
    order.addAll(clients);
    for (Block block = take(); block != null; block = waiting.isEmpty() ? take() : waiting.pop()) {
      integrateFrom(block);
    }
    return rest.isEmpty() ? null : new Waiting(missing, encodeRest());
  }

  private @Nullable Block take() {
    while (!order.isEmpty()) {
      Queue queue = queues.get(order.getFirst());
      if (queue != null && !queue.isEmpty()) {
        return queue.blocks.get(queue.taken++);
      }
      order.removeFirst();
    }
    return null;
  }

  /// Puts a block in, after the blocks of others that it needs, as far as the update has them.
  private void integrateFrom(Block first) {
    Block block = first;
    while (!(block instanceof Gap)) {
      int known = store.next(block.client);
      if (known < block.clock) {
        waiting.push(block);
        miss(block.client.id, block.clock - 1);
        giveUp();
        return;
      }
      long needed = items.resolve(block);
      if (needed == ItemIntegration.COMPLETE) {
        if (known < block.end()) {
          items.integrate(block, known - block.clock);
        }
        return;
      }
      waiting.push(block);
      Queue queue = queues.get(needed);
      if (queue == null || queue.isEmpty()) {
        miss(needed, store.next(needed));
        giveUp();
        return;
      }
      block = queue.blocks.get(queue.taken++);
    }
  }

  private void miss(long client, int clock) {
    missing.merge(client, clock, Math::min);
  }

  /// Lays what waits aside, with all that follows it from the same clients.
  private void giveUp() {
    while (!waiting.isEmpty()) {
      Block block = waiting.removeLast();
      Queue queue = queues.remove(block.client.id);
      if (queue == null) {
        rest.put(block.client.id, List.of(block));
      } else {
        rest.put(
            block.client.id,
            List.copyOf(queue.blocks.subList(queue.taken - 1, queue.blocks.size())));
      }
    }
  }

  private UpdateV2 encodeRest() {
    WriterV2 out = new WriterV2();
    List<Long> clients = new ArrayList<>(rest.keySet());
    clients.sort((one, other) -> Long.compare(other, one));
    out.rest().writeVarUint(clients.size());
    for (long client : clients) {
      List<Block> blocks = rest.getOrDefault(client, List.of());
      out.rest().writeVarUint(blocks.size());
      out.writeClient(client);
      out.rest().writeVarUint(blocks.getFirst().clock);
      blocks.forEach(block -> block.write(out, 0));
    }
    new DeleteSet().write(out);
    return new UpdateV2(out.toBytes());
  }
}
