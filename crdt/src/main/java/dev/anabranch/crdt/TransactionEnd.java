package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happens when a transaction is over, in the order that makes the bytes equal to Yjs's:
/// observers, format clean-up, garbage, merging, a new client id if need be, updates.
final class TransactionEnd {
  private final Transaction transaction;
  private final Document document;

  TransactionEnd(Transaction transaction) {
    this.transaction = transaction;
    this.document = transaction.document();
  }

  void run(Failures failures) {
    transaction.close();
    if (document.isWatched()) {
      tellObservers(failures);
    }
    if (hasFormattingToClean()) {
      failures.run(() -> FormattingCleanup.after(transaction));
    }
    tidy();
    failures.run(this::tellListeners);
  }

  private void tellObservers(Failures failures) {
    boolean isWatchedFromAbove = document.isWatchedFromAbove();
    Map<Branch, List<TypeEvent>> above = isWatchedFromAbove ? new LinkedHashMap<>(4) : Map.of();
    for (Map.Entry<Branch, Set<@Nullable String>> entry : transaction.changed().entrySet()) {
      Branch type = entry.getKey();
      if (!type.isDeleted() && type.kind != TypeKind.UNKNOWN) {
        TypeEvent event = new TypeEvent(type, transaction, entry.getValue());
        if (isWatchedFromAbove) {
          noteAbove(type, event, above);
        }
        if (type.observers != null) {
          type.observers.own.tell(event, failures);
        }
      }
    }
    if (isWatchedFromAbove) {
      above.forEach((type, events) -> failures.run(() -> tellDeep(type, events)));
      document.afterTransaction().tell(new ClosedTransaction(transaction, above), failures);
    }
  }

  private boolean hasFormattingToClean() {
    if (transaction.isLocal() || !document.options().cleansFormatting()) {
      return false;
    }
    for (Branch type : transaction.changed().keySet()) {
      if (type.hasFormatting && type.kind.isText() && !type.isDeleted()) {
        return true;
      }
    }
    return false;
  }

  private static void noteAbove(Branch type, TypeEvent event, Map<Branch, List<TypeEvent>> above) {
    Branch ancestor = type;
    while (true) {
      above.computeIfAbsent(ancestor, one -> new ArrayList<>(2)).add(event);
      if (ancestor.item == null) {
        return;
      }
      ancestor = ancestor.item.branch();
    }
  }

  private static void tellDeep(Branch type, List<TypeEvent> events) {
    if (type.observers == null || type.observers.deep.isEmpty() || type.isDeleted()) {
      return;
    }
    List<TypeEvent> alive = new ArrayList<>(events);
    alive.removeIf(event -> event.branch().isDeleted());
    alive.sort(Comparator.comparingInt(event -> event.pathFrom(type).size()));
    type.observers.deep.tell(alive);
  }

  private void tidy() {
    DeleteSet deletions = transaction.deletions();
    if (!deletions.isEmpty()) {
      deletions.sortAndMerge();
      if (document.options().collectsGarbage()) {
        GarbageCollection.collect(document.store(), deletions);
      }
      mergeDeleted(deletions);
    }
    for (Transaction.Touched touched : transaction.touched()) {
      if (touched.before != touched.after) {
        ClientBlocks client = touched.client;
        client.merge(client.indexOf(touched.before), client.size() - 1);
      }
    }
    for (int i = transaction.mergeLater().size() - 1; i >= 0; i--) {
      mergeAround(transaction.mergeLater().get(i));
    }
  }

  private void mergeDeleted(DeleteSet deletions) {
    deletions.forEach((id, ranges) -> {
      ClientBlocks client = document.store().client(id);
      if (client != null) {
        mergeDeleted(client, ranges);
      }
    });
  }

  private static void mergeDeleted(ClientBlocks client, ClockRanges ranges) {
    for (int i = ranges.size() - 1; i >= 0; i--) {
      int first = client.indexOf(ranges.clock(i));
      if (client.get(first).clock < ranges.clock(i)) {
        first++;
      }
      int last = Math.min(client.size() - 1, 1 + client.indexOf(ranges.end(i) - 1));
      client.merge(first, last);
    }
  }

  private static void mergeAround(Item item) {
    ClientBlocks client = item.client;
    int index = client.indexOf(item.clock);
    client.merge(index, Math.min(index + 1, client.size() - 1));
  }

  private void tellListeners() {
    if (!transaction.isLocal()) {
      rotateClientIdIfTaken();
    }
    if (transaction.hasContent()) {
      document.tellUpdate(transaction);
    }
    SubdocumentChanges changes = transaction.subdocumentsIfAny();
    if (changes != null && !changes.isEmpty()) {
      document.tellSubdocuments(changes);
    }
  }

  /// Somebody else made changes under this document's id: go on under another.
  private void rotateClientIdIfTaken() {
    for (Transaction.Touched touched : transaction.touched()) {
      if (touched.client.id == document.clientId() && touched.before != touched.after) {
        document.drawClientId();
        return;
      }
    }
  }
}
