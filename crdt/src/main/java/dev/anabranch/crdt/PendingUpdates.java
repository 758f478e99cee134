package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.WriterV2;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Blocks and deletions that arrived before what they refer to.
final class PendingUpdates {
  private final Document document;
  private final Map<Long, Integer> missing = new LinkedHashMap<>();
  private @Nullable UpdateV2 blocks;
  private @Nullable UpdateV2 deletes;

  PendingUpdates(Document document) {
    this.document = document;
  }

  /// What an update that was just put in waits for.
  ApplyResult result() {
    return blocks == null && deletes == null
        ? ApplyResult.COMPLETE
        : new ApplyResult(new StateVector(missing), deletes != null);
  }

  @Nullable UpdateV2 blocks() {
    return blocks;
  }

  @Nullable UpdateV2 deletes() {
    return deletes;
  }

  /// Puts an update in, and what has waited for it.
  void integrate(Transaction transaction, Incoming incoming) {
    boolean retries = keepBlocks(UpdateIntegration.run(transaction, incoming.blocks()));
    UpdateV2 rest = applyDeletes(transaction, incoming.deletes());
    if (deletes != null) {
      DeleteSet waited = read(deletes).deletes();
      UpdateV2 still = applyDeletes(transaction, waited);
      deletes =
          rest != null && still != null
              ? Updates.mergeOwn(rest, still)
              : rest != null ? rest : still;
    } else {
      deletes = rest;
    }
    if (retries && blocks != null) {
      UpdateV2 waited = blocks;
      blocks = null;
      missing.clear();
      integrate(transaction, read(waited));
    }
  }

  private Incoming read(UpdateV2 waited) {
    return Incoming.read(UpdateFormat.V2.ownReader(waited.bytes()), document.store());
  }

  /// Answers whether something that was missing has come.
  private boolean keepBlocks(UpdateIntegration.@Nullable Waiting waiting) {
    if (blocks == null) {
      if (waiting != null) {
        blocks = waiting.update();
        missing.putAll(waiting.missing());
      }
      return false;
    }
    boolean retries =
        missing.entrySet().stream()
            .anyMatch(entry -> entry.getValue() < document.store().next(entry.getKey()));
    if (waiting != null) {
      waiting.missing().forEach((client, clock) -> missing.merge(client, clock, Math::min));
      blocks = Updates.mergeOwn(blocks, waiting.update());
    }
    return retries;
  }

  /// Deletes what is there, and answers what is not.
  private @Nullable UpdateV2 applyDeletes(Transaction transaction, DeleteSet incoming) {
    if (incoming.isEmpty()) {
      return null;
    }
    DeleteSet unknown = new DeleteSet();
    incoming.forEach((client, ranges) -> applyDeletes(transaction, client, ranges, unknown));
    if (unknown.isEmpty()) {
      return null;
    }
    WriterV2 out = new WriterV2();
    out.rest().writeVarUint(0);
    unknown.write(out);
    return new UpdateV2(out.toBytes());
  }

  private void applyDeletes(
      Transaction transaction, long id, ClockRanges ranges, DeleteSet unknown) {
    ClientBlocks client = document.store().client(id);
    int next = client == null ? 0 : client.next();
    for (int i = 0; i < ranges.size(); i++) {
      int from = ranges.clock(i);
      int to = ranges.end(i);
      if (to > next) {
        int unknownFrom = Math.max(from, next);
        unknown.add(id, unknownFrom, to - unknownFrom);
      }
      if (client != null && from < next) {
        delete(transaction, client, from, to);
      }
    }
  }

  private static void delete(Transaction transaction, ClientBlocks client, int from, int to) {
    int index = client.indexOf(from);
    if (!client.get(index).isDeleted()) {
      index = client.indexOfStart(transaction, from);
    }
    for (; index < client.size() && client.get(index).clock < to; index++) {
      if (client.get(index) instanceof Item item && !item.isDeleted()) {
        if (to < item.end()) {
          client.indexOfStart(transaction, to);
        }
        item.delete(transaction);
      }
    }
  }
}
