package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.reconcile.ReconcileAnswer;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.nostr.text.Parsed;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One reconciliation (NIP-77): the records of a filter as they stood when it was opened, and the
/// answers that are computed from them, off the link's thread.
///
/// Whoever opened it ends it: the room of its records is taken until then.
final class Reconciling {

  private static final int ANSWER_BYTES_MIN = 4096;

  private final NostrGateway.Surroundings here;
  private final CompletableFuture<RecordSet> records = new CompletableFuture<>();
  private volatile boolean isOver;
  private int roomTaken; // by the gathering, and given back behind it

  /// A reconciliation whose records are being gathered.
  Reconciling(NostrGateway.Surroundings here, Filter filter, Viewer viewer) {
    this.here = here;
    StoredEvents walk =
        StoredEvents.whole(
            here.finder(),
            List.of(filter),
            sight -> here.policy().isVisible(sight.event(), viewer.keys(), here.nowSeconds()),
            here.rights().sieve(viewer),
            here.policy().limits().reconcileMax());
    gather(walk, new ArrayList<>());
  }

  private void gather(StoredEvents walk, List<RecordSet.Record> into) {
    for (Sight next = walk.next(); next != null; next = walk.next()) {
      into.add(new RecordSet.Record(next.event().createdAtSeconds(), next.event().id()));
    }
    CompletionStage<StoredEvents.Slice> pending = isOver ? null : walk.pending();
    if (walk.hasMore()) {
      records.completeExceptionally(new TooMany());
    } else if (isOver) {
      records.completeExceptionally(new Over());
    } else if (pending == null) {
      records.complete(RecordSet.of(into));
    } else {
      pending.whenComplete((slice, failure) -> {
        if (failure != null) {
          records.completeExceptionally(NostrLink.causeOf(failure));
        } else if (!here.reconciled().take(slice.sights().size())) {
          records.completeExceptionally(new NoRoom());
        } else {
          roomTaken += slice.sights().size();
          walk.arrived(slice);
          gather(walk, into);
        }
      });
    }
  }

  /// Ends it; to be called once. No further page is read, and the room of its records is given back
  /// once the page under way is here.
  ///
  /// @param done told when nothing of it is left
  void end(Runnable done) {
    isOver = true;
    var unused =
        records.whenComplete((set, failure) -> {
          here.reconciled().giveBack(roomTaken);
          done.run();
        });
  }

  /// The answer to a message, in hexadecimal digits; or why it is none.
  CompletionStage<Parsed<String>> answer(String message) {
    int bytesMax =
        Math.max(ANSWER_BYTES_MIN, here.policy().limits().message().bytesMax() / 2 - 1024);
    return records.thenApplyAsync(
        set ->
            switch (ReconcileAnswer.to(HexFormat.of().parseHex(message), set, bytesMax)) {
              case Parsed.Value<byte[]>(byte[] bytes) ->
                  new Parsed.Value<>(HexFormat.of().formatHex(bytes));
              case Parsed.Malformed<byte[]>(String detail) -> new Parsed.Malformed<String>(detail);
            },
        here.seams().verifiers());
  }

  /// The filter means more records than a reconciliation may be about.
  static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooMany() {
      super("more records than a reconciliation may be about", null, false, false);
    }
  }

  /// All reconciliations together are about as many records as they may be.
  static final class NoRoom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRoom() {
      super("more records than all reconciliations may be about", null, false, false);
    }
  }

  /// It was ended before its records were known.
  static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Over() {
      super("the reconciliation is over", null, false, false);
    }
  }
}
