package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ranges of units per client: what was deleted, or (for undo) what was inserted.
final class DeleteSet {
  /// Most sets are of one client: it has no map.
  private long soleClient;

  private @Nullable ClockRanges sole;

  /// All clients, once there are two.
  private Map<Long, ClockRanges> clients = Map.of();

  static DeleteSet read(UpdateReader in) {
    DeleteSet deletes = new DeleteSet();
    ByteReader rest = in.rest();
    int count = rest.readCount(2);
    for (int i = 0; i < count; i++) {
      in.resetDeleteClock();
      long client = rest.readVarUint();
      int ranges = rest.readCount(2);
      for (int j = 0; j < ranges; j++) {
        int clock = in.readDeleteClock();
        deletes.add(client, clock, readLength(in, clock));
      }
    }
    deletes.forEach((client, ranges) -> ranges.putInOrder());
    return deletes;
  }

  /// Passes over one, refusing what [#read] would.
  static void skip(UpdateReader in) {
    ByteReader rest = in.rest();
    int count = rest.readCount(2);
    for (int i = 0; i < count; i++) {
      in.resetDeleteClock();
      rest.readVarUint();
      int ranges = rest.readCount(2);
      for (int j = 0; j < ranges; j++) {
        readLength(in, in.readDeleteClock());
      }
    }
  }

  private static int readLength(UpdateReader in, int clock) {
    int length = in.readDeleteLength();
    if (length < 1 || clock + length < 0) {
      throw new MalformedUpdate("a deleted range of " + length + " units at " + clock);
    }
    return length;
  }

  /// What is deleted in a document.
  static DeleteSet of(BlockStore store) {
    DeleteSet deletes = new DeleteSet();
    for (ClientBlocks client : store.clients()) {
      for (int i = 0; i < client.size(); i++) {
        if (client.get(i).isDeleted()) {
          int start = client.get(i).clock;
          while (i + 1 < client.size() && client.get(i + 1).isDeleted()) {
            i++;
          }
          deletes.add(client.id, start, client.get(i).end() - start);
        }
      }
    }
    return deletes;
  }

  /// The union; the sets themselves are not changed.
  static DeleteSet union(List<DeleteSet> sets) {
    DeleteSet union = new DeleteSet();
    for (DeleteSet set : sets) {
      set.forEach((client, ranges) -> union.rangesOf(client).addAll(ranges));
    }
    union.sortAndMerge();
    return union;
  }

  /// What is here and not in another set; both must be sorted.
  DeleteSet without(DeleteSet known) {
    DeleteSet missing = new DeleteSet();
    forEach((client, ranges) -> {
      ClockRanges left = new ClockRanges();
      ranges.addMissing(known.ofClient(client), left);
      for (int i = 0; i < left.size(); i++) {
        missing.add(client, left.clock(i), left.length(i));
      }
    });
    return missing;
  }

  void add(long client, int clock, int length) {
    rangesOf(client).add(clock, length);
  }

  boolean isEmpty() {
    return sole == null;
  }

  /// The block of a document that the set is, if it is one and no more.
  @Nullable Block onlyBlock(BlockStore store) {
    if (sole == null || !clients.isEmpty() || sole.size() != 1) {
      return null;
    }
    ClientBlocks client = store.client(soleClient);
    return client == null ? null : client.only(sole.clock(0), sole.end(0));
  }

  Map<Long, ClockRanges> clients() {
    return clients.isEmpty() && sole != null ? Map.of(soleClient, sole) : clients;
  }

  /// Takes a client and its ranges.
  interface Visitor {
    void visit(long client, ClockRanges ranges);
  }

  /// Shows the clients in the order in which they came.
  void forEach(Visitor visitor) {
    if (!clients.isEmpty()) {
      clients.forEach(visitor::visit);
    } else if (sole != null) {
      visitor.visit(soleClient, sole);
    }
  }

  private @Nullable ClockRanges ofClient(long client) {
    if (!clients.isEmpty()) {
      return clients.get(client);
    }
    return soleClient == client ? sole : null;
  }

  /// Whether a unit is in the set, which must be sorted.
  boolean contains(long client, int clock) {
    ClockRanges ranges = ofClient(client);
    return ranges != null && ranges.contains(clock);
  }

  /// Shows the items within the ranges, cut to fit them; garbage is passed over.
  void forEachItem(Transaction transaction, Consumer<Item> action) {
    forEach((id, ranges) -> {
      ClientBlocks client = transaction.document().store().client(id);
      int next = client == null ? 0 : client.next();
      for (int i = 0; client != null && i < ranges.size() && ranges.clock(i) < next; i++) {
        client.forEachItem(transaction, ranges.clock(i), ranges.end(i), action);
      }
    });
  }

  void sortAndMerge() {
    forEach((client, ranges) -> ranges.sortAndMerge());
  }

  void write(UpdateWriter out) {
    if (clients.isEmpty()) {
      out.rest().writeVarUint(sole == null ? 0 : 1);
      forEach((client, ranges) -> write(out, client, ranges));
      return;
    }
    out.rest().writeVarUint(clients.size());
    List<Long> descending = new ArrayList<>(clients.keySet());
    descending.sort((one, other) -> Long.compare(other, one));
    for (long client : descending) {
      write(out, client, rangesOf(client));
    }
  }

  private static void write(UpdateWriter out, long client, ClockRanges ranges) {
    out.resetDeleteClock();
    out.rest().writeVarUint(client);
    out.rest().writeVarUint(ranges.size());
    for (int i = 0; i < ranges.size(); i++) {
      out.writeDeleteClock(ranges.clock(i));
      out.writeDeleteLength(ranges.length(i));
    }
  }

  private ClockRanges rangesOf(long client) {
    ClockRanges known = ofClient(client);
    if (known != null) {
      return known;
    }
    ClockRanges ranges = new ClockRanges();
    if (sole == null) {
      sole = ranges;
      soleClient = client;
      return ranges;
    }
    if (clients.isEmpty()) {
      clients = new LinkedHashMap<>();
      clients.put(soleClient, sole);
    }
    clients.put(client, ranges);
    return ranges;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DeleteSet that && clients().equals(that.clients());
  }

  @Override
  public int hashCode() {
    return clients().hashCode();
  }

  @Override
  public String toString() {
    return clients().toString();
  }
}
