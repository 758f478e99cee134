package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A document that several people change at once and that ends alike everywhere.
///
/// It has root types by name, made when they are first asked for. Changes are made in transactions;
/// each tells an update that others apply, in any order, once or often. One thread at a time may
/// use a document: whoever shares it brings the lock.
public final class Document {
  private final BlockStore store = new BlockStore();
  private final Map<String, Branch> roots = new LinkedHashMap<>(4);
  private final PendingUpdates pending = new PendingUpdates(this);
  private final List<Transaction> open = new ArrayList<>(2);
  private final Listeners<TransactionUpdate<UpdateV1>> updatesV1 = new Listeners<>();
  private final Listeners<TransactionUpdate<UpdateV2>> updatesV2 = new Listeners<>();
  private final Listeners<ClosedTransaction> afterTransaction = new Listeners<>();
  private final Listeners<SubdocumentChanges> subdocumentChanges = new Listeners<>();
  private final DocumentOptions options;
  private boolean watched;
  private boolean watchedFromAbove;
  private @Nullable Map<Item, BlockId> redone;
  private @Nullable Transaction active;
  private ClientBlocks own;

  private Document(DocumentOptions options) {
    this.options = options;
    this.own = new ClientBlocks(options.clientId());
  }

  public static Document create(DocumentOptions options) {
    return new Document(options);
  }

  /// Under which id this document makes changes. It changes when somebody else uses it too.
  public long clientId() {
    return own.id;
  }

  public SharedText text(String name) {
    return (SharedText) root(name, TypeKind.TEXT);
  }

  public SharedArray array(String name) {
    return (SharedArray) root(name, TypeKind.ARRAY);
  }

  public SharedMap map(String name) {
    return (SharedMap) root(name, TypeKind.MAP);
  }

  public SharedXmlFragment xmlFragment(String name) {
    return (SharedXmlFragment) root(name, TypeKind.XML_FRAGMENT);
  }

  public SharedXmlText xmlText(String name) {
    return (SharedXmlText) root(name, TypeKind.XML_TEXT);
  }

  /// A root as a text, which shows what a root of any kind holds; unlike [#text] it says nothing of
  /// the root's kind. To be looked at, not edited.
  public SharedText unnamed(String name) {
    return new SharedText(root(name));
  }

  /// The kinds of the roots that are known, by name.
  public Map<String, TypeKind> roots() {
    Map<String, TypeKind> kinds = new LinkedHashMap<>();
    roots.forEach((name, branch) -> kinds.put(name, branch.kind));
    return kinds;
  }

  /// Makes changes that belong together; inside another transaction they become part of it.
  ///
  /// What was changed before an exception stays changed, and is told.
  ///
  /// @param origin whatever lets listeners tell where the change comes from
  public void transact(@Nullable Object origin, Consumer<Transaction> changes) {
    run(origin, true, changes);
  }

  /// Takes in what others changed; what lacks its predecessors waits for them.
  ///
  /// Malformed bytes throw [dev.anabranch.crdt.encoding.MalformedUpdate] and change nothing.
  public ApplyResult apply(Update update, @Nullable Object origin) {
    return apply(UpdateFormat.reader(update), origin);
  }

  ApplyResult apply(UpdateReader update, @Nullable Object origin) {
    Incoming incoming = Incoming.read(update, store);
    run(
        origin,
        false,
        transaction -> {
          transaction.markRemote();
          pending.integrate(transaction, incoming);
        });
    return pending.result();
  }

  /// Everything, for somebody who has nothing.
  public UpdateV1 encodeV1() {
    return encodeV1(StateVector.EMPTY);
  }

  /// What somebody lacks, with all deletions; what waits is in it too.
  public UpdateV1 encodeV1(StateVector known) {
    return new UpdateV1(encode(UpdateFormat.V1, known));
  }

  /// What somebody lacks who knows a state of the document, without the deletions of that state.
  public UpdateV1 encodeV1(Snapshot known) {
    DeleteSet deletes = DeleteSet.of(store).without(known.deletes());
    return new UpdateV1(encode(UpdateFormat.V1, known.state(), deletes));
  }

  public UpdateV2 encodeV2() {
    return encodeV2(StateVector.EMPTY);
  }

  public UpdateV2 encodeV2(StateVector known) {
    return new UpdateV2(encode(UpdateFormat.V2, known));
  }

  public StateVector stateVector() {
    return store.stateVector();
  }

  public Snapshot snapshot() {
    return new Snapshot(DeleteSet.of(store), stateVector());
  }

  public Subscription onUpdateV1(Consumer<TransactionUpdate<UpdateV1>> listener) {
    return updatesV1.add(listener);
  }

  public Subscription onUpdateV2(Consumer<TransactionUpdate<UpdateV2>> listener) {
    return updatesV2.add(listener);
  }

  public Subscription onSubdocuments(Consumer<SubdocumentChanges> listener) {
    return subdocumentChanges.add(listener);
  }

  DocumentOptions options() {
    return options;
  }

  BlockStore store() {
    return store;
  }

  List<Transaction> openTransactions() {
    return open;
  }

  /// Notes that somebody observes a type of the document.
  void watch() {
    watched = true;
  }

  /// Notes that somebody observes a type with all that is in it.
  void watchFromAbove() {
    watched = true;
    watchedFromAbove = true;
  }

  /// Whether events may be wanted.
  boolean isWatched() {
    return watched || !afterTransaction.isEmpty();
  }

  /// Whether events of inner types may be wanted by somebody further out.
  boolean isWatchedFromAbove() {
    return watchedFromAbove || !afterTransaction.isEmpty();
  }

  Listeners<ClosedTransaction> afterTransaction() {
    return afterTransaction;
  }

  ClientBlocks ownBlocks() {
    if (own.size() == 0 && store.client(own.id) instanceof ClientBlocks known) {
      own = known;
    }
    return own;
  }

  void drawClientId() {
    own = new ClientBlocks(DocumentOptions.freshClientId(options.random()));
  }

  Branch root(String name) {
    return roots.computeIfAbsent(name, key -> Branch.root(this, key));
  }

  /// What took an item's place when its deletion was undone, if it was.
  @Nullable BlockId redone(Item item) {
    return redone == null || !item.isRedone() ? null : redone.get(item);
  }

  void setRedone(Item item, BlockId by) {
    if (redone == null) {
      redone = new IdentityHashMap<>();
    }
    item.markRedone();
    redone.put(item, by);
  }

  void wasSplit(Item item, Item tail, int at) {
    BlockId by = redone(item);
    if (by != null) {
      setRedone(tail, new BlockId(by.client(), by.clock() + at));
    }
  }

  void tellUpdate(Transaction transaction) {
    if (!updatesV1.isEmpty()) {
      UpdateV1 update = new UpdateV1(encode(UpdateFormat.V1, transaction));
      updatesV1.tell(new TransactionUpdate<>(update, transaction));
    }
    if (!updatesV2.isEmpty()) {
      UpdateV2 update = new UpdateV2(encode(UpdateFormat.V2, transaction));
      updatesV2.tell(new TransactionUpdate<>(update, transaction));
    }
  }

  void tellSubdocuments(SubdocumentChanges changes) {
    subdocumentChanges.tell(changes);
  }

  private SharedType root(String name, TypeKind kind) {
    Branch branch = root(name);
    if (branch.kind == TypeKind.UNKNOWN) {
      branch.kind = kind;
    }
    if (branch.kind != kind) {
      throw new IllegalStateException(
          "root " + name + " is of kind " + branch.kind + ", not " + kind);
    }
    return SharedType.of(branch);
  }

  private void run(@Nullable Object origin, boolean local, Consumer<Transaction> changes) {
    if (active != null) {
      changes.accept(active);
      return;
    }
    Transaction transaction = new Transaction(this, origin, local);
    active = transaction;
    open.add(transaction);
    try {
      changes.accept(transaction);
    } finally {
      active = null;
      if (open.getFirst() == transaction) {
        closeAll();
      }
    }
  }

  /// Closes the transaction and those that its observers began.
  private void closeAll() {
    Failures failures = new Failures();
    try {
      for (int i = 0; i < open.size(); i++) {
        new TransactionEnd(open.get(i)).run(failures);
      }
    } finally {
      open.clear();
    }
    failures.rethrow();
  }

  private byte[] encode(UpdateFormat format, Transaction transaction) {
    UpdateWriter out = format.writer();
    List<ClientBlocks> news = transaction.news();
    out.rest().writeVarUint(news.size());
    for (ClientBlocks client : news) {
      BlockStore.write(out, client, transaction.before(client));
    }
    transaction.deletions().sortAndMerge();
    transaction.deletions().write(out);
    return out.toBytes();
  }

  private byte[] encode(UpdateFormat format, StateVector known) {
    return encode(format, known, DeleteSet.of(store));
  }

  private byte[] encode(UpdateFormat format, StateVector known, DeleteSet deleted) {
    UpdateWriter out = format.writer();
    store.write(out, client -> known.clockOf(client.id));
    deleted.write(out);
    List<byte[]> parts = new ArrayList<>(List.of(out.toBytes()));
    if (pending.deletes() instanceof UpdateV2 deletes) {
      parts.add(Updates.ownFor(known, deletes, format));
    }
    if (pending.blocks() instanceof UpdateV2 blocks) {
      parts.add(Updates.ownFor(known, blocks, format));
    }
    return parts.size() == 1 ? parts.getFirst() : Updates.mergeOwn(format, parts);
  }
}
