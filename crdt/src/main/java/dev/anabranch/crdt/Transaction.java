package dev.anabranch.crdt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Changes that belong together: observers hear of them once, and one update carries them.
public final class Transaction {
  /// A transaction with more clients finds them by a map.
  private static final int SOUGHT_ONE_BY_ONE_MAX = 8;

  private final Document document;
  private final @Nullable Object origin;
  private final DeleteSet deletions = new DeleteSet();
  private final List<Touched> touched = new ArrayList<>(2);
  private @Nullable Map<ClientBlocks, Touched> touchedByClient;
  private final ChangedTypes changed = new ChangedTypes();
  private final List<Item> mergeLater = new ArrayList<>(2);
  private @Nullable SubdocumentChanges subdocuments;
  private @Nullable Deque<Emptying> emptying;
  private boolean local;

  Transaction(Document document, @Nullable Object origin, boolean local) {
    this.document = document;
    this.origin = origin;
    this.local = local;
  }

  /// A client that got blocks while the transaction was open.
  static final class Touched {
    final ClientBlocks client;
    final int before;
    int after;

    Touched(ClientBlocks client) {
      this.client = client;
      this.before = client.next();
    }
  }

  public Document document() {
    return document;
  }

  /// Whoever began the transaction said so; undo and relays tell their own changes by it.
  public @Nullable Object origin() {
    return origin;
  }

  /// Whether the changes were made here, not received.
  public boolean isLocal() {
    return local;
  }

  void markRemote() {
    local = false;
  }

  DeleteSet deletions() {
    return deletions;
  }

  Map<Branch, Set<@Nullable String>> changed() {
    return changed.all();
  }

  List<Item> mergeLater() {
    return mergeLater;
  }

  void mergeLater(Item item) {
    mergeLater.add(item);
  }

  SubdocumentChanges subdocuments() {
    if (subdocuments == null) {
      subdocuments = new SubdocumentChanges();
    }
    return subdocuments;
  }

  @Nullable SubdocumentChanges subdocumentsIfAny() {
    return subdocuments;
  }

  /// Notes what came next in a client before the first block that is added now.
  @SuppressWarnings("ReferenceEquality") // transactions are themselves
  void touch(ClientBlocks client) {
    if (client.touchedBy != this) {
      client.touchedBy = this;
      client.touchedAt = client.next();
      List<Transaction> open = document.openTransactions();
      for (int i = 0; i < open.size(); i++) {
        open.get(i).remember(client);
      }
    }
  }

  private void remember(ClientBlocks client) {
    if (remembered(client) != null) {
      return;
    }
    Touched fresh = new Touched(client);
    touched.add(fresh);
    if (touchedByClient != null) {
      touchedByClient.put(client, fresh);
    } else if (touched.size() > SOUGHT_ONE_BY_ONE_MAX) {
      touchedByClient = new IdentityHashMap<>();
      touched.forEach(one -> touchedByClient.put(one.client, one));
    }
  }

  @SuppressWarnings("ReferenceEquality") // clients are themselves
  private @Nullable Touched remembered(ClientBlocks client) {
    if (touchedByClient != null) {
      return touchedByClient.get(client);
    }
    for (Touched known : touched) {
      if (known.client == client) {
        return known;
      }
    }
    return null;
  }

  /// What came next in a client when the transaction began.
  @SuppressWarnings("ReferenceEquality") // transactions are themselves
  int before(ClientBlocks client) {
    if (client.touchedBy == this) {
      return client.touchedAt;
    }
    Touched known = remembered(client);
    return known == null ? client.next() : known.before;
  }

  boolean adds(Item item) {
    return item.clock >= before(item.client);
  }

  boolean deletes(Item item) {
    return deletions.contains(item.client.id, item.clock);
  }

  /// The touched clients in the order in which they came into the document.
  List<Touched> touched() {
    return touched;
  }

  /// Fixes what the transaction added; what observers add from now on belongs to others.
  void close() {
    deletions.sortAndMerge();
    if (touched.size() > 1) {
      touched.sort(Comparator.comparingInt(one -> one.client.ordinal));
    }
    for (Touched one : touched) {
      one.after = one.client.next();
    }
  }

  /// Whether there is anything to tell others.
  boolean hasContent() {
    if (!deletions.isEmpty()) {
      return true;
    }
    for (Touched one : touched) {
      if (one.after != one.before) {
        return true;
      }
    }
    return false;
  }

  /// The clients that got blocks and still have them, greatest id first.
  List<ClientBlocks> news() {
    List<ClientBlocks> news = new ArrayList<>(touched.size());
    for (Touched one : touched) {
      if (one.client.next() > one.before) {
        news.add(one.client);
      }
    }
    if (news.size() > 1) {
      news.sort(Comparator.comparingLong((ClientBlocks client) -> client.id).reversed());
    }
    return news;
  }

  /// The inserted units, as ranges.
  DeleteSet insertions() {
    DeleteSet insertions = new DeleteSet();
    for (Touched one : touched) {
      if (one.after > one.before) {
        insertions.add(one.client.id, one.before, one.after - one.before);
      }
    }
    return insertions;
  }

  /// Notes that a type changed, unless the type itself is new or deleted.
  void markChanged(Branch branch, @Nullable String key) {
    Item item = branch.item;
    if (item == null || (!item.isDeleted() && item.clock < before(item.client))) {
      changed.add(branch, key);
    }
  }

  /// Deletes what a deleted type holds. Depth first, as Yjs does it, for the order in which blocks
  /// are merged later shows in the bytes; but not by recursion, for types may stand in types
  /// without end.
  void deleteChildren(Branch branch) {
    if (emptying != null) {
      emptying.push(new Emptying(branch));
      return;
    }
    Deque<Emptying> types = new ArrayDeque<>(List.of(new Emptying(branch)));
    emptying = types;
    while (types.peek() instanceof Emptying type) {
      Item child = type.next();
      if (child == null) {
        types.pop();
        changed.remove(type.branch);
      } else {
        deleteChild(child);
      }
    }
    emptying = null;
  }

  /// A deleted type, whose list and then whose entries are deleted one by one.
  private static final class Emptying {
    final Branch branch;
    private final Iterator<Item> entries;
    private @Nullable Item listed;

    Emptying(Branch branch) {
      this.branch = branch;
      this.listed = branch.start;
      this.entries = branch.entries().values().iterator();
    }

    @Nullable Item next() {
      Item item = listed;
      if (item == null) {
        return entries.hasNext() ? entries.next() : null;
      }
      listed = item.right;
      return item;
    }
  }

  private void deleteChild(Item item) {
    if (!item.isDeleted()) {
      item.delete(this);
    } else if (item.clock < before(item.client)) {
      mergeLater.add(item);
    }
  }
}
