package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Blake3;
import dev.anabranch.crdt.encoding.ReaderV1;
import dev.anabranch.crdt.encoding.ReaderV2;
import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import dev.anabranch.crdt.encoding.WriterV1;
import dev.anabranch.crdt.encoding.WriterV2;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A document at one time: what had come and what of it was deleted.
///
/// Converged documents have equal snapshots, so the bytes of v1 are what a document's hash is of.
public final class Snapshot {
  private final DeleteSet deletes;
  private final StateVector state;

  Snapshot(DeleteSet deletes, StateVector state) {
    this.deletes = deletes;
    this.state = state;
  }

  public static Snapshot decodeV1(byte[] bytes) {
    refuseMalformed(new ReaderV1(bytes));
    return read(new ReaderV1(bytes));
  }

  /// Reads the delete set in the form of v2, which Yjs calls an encoded snapshot v2.
  public static Snapshot decodeV2(byte[] bytes) {
    refuseMalformed(ReaderV2.ofDeletes(bytes));
    return read(ReaderV2.ofDeletes(bytes));
  }

  private static Snapshot read(UpdateReader in) {
    DeleteSet deletes = DeleteSet.read(in);
    return new Snapshot(deletes, StateVector.read(in.rest()));
  }

  /// Before anything is made of them.
  private static void refuseMalformed(UpdateReader in) {
    DeleteSet.skip(in);
    StateVector.skip(in.rest());
    in.expectEnd();
  }

  public byte[] encodeV1() {
    return write(new WriterV1());
  }

  public byte[] encodeV2() {
    return write(new WriterV2());
  }

  /// What converged documents have in common and others have not: BLAKE3 of [#encodeV1], 32 bytes.
  ///
  /// Not of the encoded document, which differs between converged copies that forgot deletions in
  /// another order.
  public byte[] hash() {
    return Blake3.hash(encodeV1());
  }

  public StateVector state() {
    return state;
  }

  DeleteSet deletes() {
    return deletes;
  }

  /// The document as it was, out of one that kept what was deleted.
  public Document restore(Document from, DocumentOptions options) {
    if (from.options().collectsGarbage()) {
      throw new IllegalArgumentException("the document forgot what was deleted");
    }
    WriterV2 out = new WriterV2();
    from.transact(null, transaction -> writeBlocks(transaction, out));
    deletes.write(out);
    Document restored = Document.create(options);
    restored.apply(UpdateFormat.V2.ownReader(out.toBytes()), this);
    return restored;
  }

  /// Whether everything an update says had come already.
  public boolean contains(Update update) {
    BlockReader reader = Updates.reader(UpdateFormat.reader(update));
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (state.clockOf(block.client.id) < block.end()) {
        return false;
      }
    }
    return DeleteSet.union(List.of(deletes, reader.readDeletes())).equals(deletes);
  }

  private void writeBlocks(Transaction transaction, UpdateWriter out) {
    BlockStore store = transaction.document().store();
    List<Map.Entry<Long, Integer>> clients = new ArrayList<>(state.clocks().entrySet());
    clients.removeIf(entry -> entry.getValue() == 0);
    clients.sort(
        Comparator.comparing((Map.Entry<Long, Integer> entry) -> entry.getKey()).reversed());
    out.rest().writeVarUint(clients.size());
    for (Map.Entry<Long, Integer> entry : clients) {
      ClientBlocks client = store.client(entry.getKey());
      if (client == null || client.next() < entry.getValue()) {
        throw new IllegalArgumentException("the document is older than the snapshot");
      }
      client.endingAt(transaction, entry.getValue() - 1);
      int count = client.indexOf(entry.getValue() - 1) + 1;
      out.rest().writeVarUint(count);
      out.writeClient(client.id);
      out.rest().writeVarUint(0);
      for (int i = 0; i < count; i++) {
        client.get(i).write(out, 0);
      }
    }
  }

  /// The delete set and the state vector stand plainly, whatever the format of the first.
  private byte[] write(UpdateWriter out) {
    deletes.write(out);
    state.write(out.rest());
    return out.takeRest().toBytes();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Snapshot that
        && deletes.equals(that.deletes)
        && state.equals(that.state);
  }

  @Override
  public int hashCode() {
    return deletes.hashCode() * 31 + state.hashCode();
  }
}
