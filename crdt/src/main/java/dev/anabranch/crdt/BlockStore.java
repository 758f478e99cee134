package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// The blocks of a document by client.
final class BlockStore {
  private static final ClientBlocks NOBODY = new ClientBlocks(-1);

  private final Map<Long, ClientBlocks> clients = new LinkedHashMap<>();
  private ClientBlocks last = NOBODY;

  /// The clients that have blocks, as they came.
  Collection<ClientBlocks> clients() {
    return clients.values();
  }

  @Nullable ClientBlocks client(long id) {
    if (last.id == id) {
      return last;
    }
    ClientBlocks found = clients.get(id);
    if (found != null) {
      last = found;
    }
    return found;
  }

  int next(long client) {
    ClientBlocks blocks = client(client);
    return blocks == null ? 0 : blocks.next();
  }

  /// The clock that comes next for a client as an update names it, or as the document knows it.
  int next(ClientBlocks client) {
    return client.isRegistered() ? client.next() : next(client.id);
  }

  /// The one object that stands for a client, which has its first block put in now.
  ClientBlocks register(ClientBlocks candidate) {
    if (candidate.isRegistered()) {
      return candidate;
    }
    ClientBlocks known = client(candidate.id);
    if (known != null) {
      return known;
    }
    candidate.ordinal = clients.size();
    clients.put(candidate.id, candidate);
    return candidate;
  }

  StateVector stateVector() {
    Map<Long, Integer> clocks = LinkedHashMap.newLinkedHashMap(clients.size());
    clients.values().forEach(client -> clocks.put(client.id, client.next()));
    return new StateVector(clocks);
  }

  /// Writes what a state lacks, greatest client first.
  void write(UpdateWriter out, ToIntFunction<ClientBlocks> known) {
    List<ClientBlocks> news = new ArrayList<>();
    for (ClientBlocks client : clients.values()) {
      if (client.next() > known.applyAsInt(client)) {
        news.add(client);
      }
    }
    news.sort((one, other) -> Long.compare(other.id, one.id));
    out.rest().writeVarUint(news.size());
    for (ClientBlocks client : news) {
      write(out, client, known.applyAsInt(client));
    }
  }

  /// Writes the blocks of one client from a clock on.
  static void write(UpdateWriter out, ClientBlocks client, int clock) {
    int first = client.indexOf(clock);
    out.rest().writeVarUint(client.size() - first);
    out.writeClient(client.id);
    out.rest().writeVarUint(clock);
    Block block = client.get(first);
    block.write(out, clock - block.clock);
    for (int i = first + 1; i < client.size(); i++) {
      client.get(i).write(out, 0);
    }
  }

  /// Makes one object per client while an update is read, without telling the document.
  static final class Clients {
    private final @Nullable BlockStore store;
    private Map<Long, ClientBlocks> made = Map.of();
    private ClientBlocks last = NOBODY;

    Clients(@Nullable BlockStore store) {
      this.store = store;
    }

    ClientBlocks of(long id) {
      if (last.id != id) {
        ClientBlocks known = store == null ? null : store.client(id);
        last = known != null ? known : make(id);
      }
      return last;
    }

    private ClientBlocks make(long id) {
      if (made.isEmpty()) {
        made = new HashMap<>(4);
      }
      return made.computeIfAbsent(id, ClientBlocks::new);
    }
  }
}
