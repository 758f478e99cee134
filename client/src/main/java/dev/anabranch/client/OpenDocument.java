package dev.anabranch.client;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.session.LocalDocument;
import dev.anabranch.client.session.Notice;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Subscription;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// A document of a scope, open on this device: edited at once, with or without a line, merged with
/// what others do.
///
/// An edit returns when it is on this device's disk; it is sent by itself and never conflicts. What
/// others edit is merged in on the thread of the client's listeners. One thread at a time works on
/// the [Document]: it is handed to functions and must not be kept.
///
/// Every opening edits under a client id of its own, which is never used again, not even by the
/// same device. When what is shown has to be taken back – the document was deleted, or the server
/// refused an edit – the [Document] is replaced by a fresh one, and who watches is called with
/// that.
public final class OpenDocument implements AutoCloseable {

  /// The origin of transactions that hold what others did.
  public static final Object REMOTE = LocalDocument.REMOTE;

  private final Anabranch client;
  private final EntityKey key;
  private final RandomGenerator random;
  private final Registration notices;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Watcher> watchers = new LinkedHashMap<>();
  private LocalDocument local;
  private boolean closed;

  /// Somebody who watches, and what that is registered at now.
  private record Watcher(Function<Document, Subscription> watch, Subscription now) {}

  OpenDocument(Anabranch client, EntityKey key, RandomGenerator random) {
    this.client = client;
    this.key = key;
    this.random = random;
    lock.lock(); // what changes meanwhile is told when this is made
    try {
      this.notices =
          client.onNotice(notice -> {
            if (notice instanceof Notice.DocumentChanged change && change.document().equals(key)) {
              refresh(change.edition());
            }
          });
      this.local = new LocalDocument(key, client.openDocument(key), random);
    } finally {
      lock.unlock();
    }
  }

  /// Its name within the scope.
  public String name() {
    return key.id().text();
  }

  /// What it is in the log.
  public EntityKey key() {
    return key;
  }

  /// Reads; the document must not be changed nor kept.
  public <T> T read(Function<Document, T> reading) {
    lock.lock();
    try {
      return reading.apply(local.document());
    } finally {
      lock.unlock();
    }
  }

  /// Edits in one transaction, and puts it on disk. If the document is replaced at the same moment,
  /// the edit is made again on the fresh one.
  ///
  /// What is larger than a write may be goes in several, cut between blocks, values and characters;
  /// others see them come one after the other.
  ///
  /// @return the write that carries it or its last part, perhaps with other edits of this document;
  ///   empty = nothing changed, or this is called within another edit, which carries it
  /// @throws QueueFull when the device holds as many unconfirmed writes as it may; nothing changed
  /// @throws IllegalArgumentException when the edit holds one value – bytes, an object, a text that
  ///   is no [dev.anabranch.crdt.SharedText] – that is larger than a write may be; nothing changed,
  ///   but the document was replaced
  /// @throws dev.anabranch.client.replica.ReplicaFailure when it cannot be put on disk
  public Optional<PendingWrite> edit(Consumer<Document> changes) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(key + " is closed");
      }
      client.checkRoom();
      boolean stored = false;
      Optional<PendingWrite> write = Optional.empty();
      while (!stored) {
        change(changes);
        Storing storing = storeOrReplace();
        stored = !(storing instanceof Storing.Replaced);
        write = storing instanceof Storing.Written(PendingWrite made) ? Optional.of(made) : write;
      }
      return write;
    } finally {
      lock.unlock();
    }
  }

  /// What a function changed before it failed stays changed, and is stored.
  private void change(Consumer<Document> changes) {
    Document document = local.document();
    try {
      document.transact(this, transaction -> changes.accept(document));
    } catch (RuntimeException | Error failed) {
      try {
        storeOrReplace();
      } catch (IllegalArgumentException tooLarge) {
        failed.addSuppressed(tooLarge);
      }
      throw failed;
    }
  }

  /// What came of storing.
  private sealed interface Storing {
    record Nothing() implements Storing {}

    record Replaced() implements Storing {}

    record Written(PendingWrite write) implements Storing {}
  }

  private Storing storeOrReplace() {
    List<Bytes> parts = local.takeUnstored(Draft.BODY_BYTES_MAX);
    if (parts.isEmpty()) {
      return new Storing.Nothing();
    }
    Optional<Bytes> tooLarge =
        parts.stream().filter(part -> part.size() > Draft.BODY_BYTES_MAX).findFirst();
    if (tooLarge.isPresent()) {
      replace();
      throw new IllegalArgumentException(
          "an edit of "
              + key
              + " holds a value of "
              + tooLarge.get().size()
              + " bytes; allowed are "
              + Draft.BODY_BYTES_MAX
              + ": keep it elsewhere, and its address in the document");
    }
    List<Draft> drafts = parts.stream().map(part -> Draft.merge(key, part)).toList();
    Optional<PendingWrite> write = client.writeEdit(drafts, local.edition());
    if (write.isEmpty()) {
      replace();
      return new Storing.Replaced();
    }
    return new Storing.Written(write.get());
  }

  /// Watches until the registration is closed: the function registers at what it is given, such as
  /// `document -> document.text("body").observe(…)`. It is called now, and again with each document
  /// that replaces this one. Observers run on the thread that changes the document: that of an
  /// edit, or the client's listeners'.
  public Registration watch(Function<Document, Subscription> watch) {
    Object id = new Object();
    lock.lock();
    try {
      watchers.put(id, new Watcher(watch, watch.apply(local.document())));
    } finally {
      lock.unlock();
    }
    return () -> unwatch(id);
  }

  private void unwatch(Object id) {
    lock.lock();
    try {
      Watcher watcher = watchers.remove(id);
      if (watcher != null) {
        watcher.now().close();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Closes it on this device: it is no longer merged in memory; everything stays on disk. The next
  /// opening has another client id.
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        notices.close();
        client.closeDocument(this);
      }
    } finally {
      lock.unlock();
    }
  }

  // What others did; on the listeners' thread.

  private void refresh(long current) {
    lock.lock();
    try {
      if (closed || client.isClosed()) {
        return;
      }
      if (current != local.edition()) {
        replace();
      } else {
        client.read(replica -> {
          local.refresh(replica);
          return true;
        });
      }
      storeObserved();
    } finally {
      lock.unlock();
    }
  }

  /// Stores what observers edited, and what merging tidied up.
  private void storeObserved() {
    try {
      storeOrReplace();
    } catch (IllegalArgumentException tooLarge) {
      client.trouble("what an observer did is taken back: " + tooLarge.getMessage());
    }
  }

  private void replace() {
    local.discard();
    watchers.values().forEach(watcher -> watcher.now().close());
    local = new LocalDocument(key, client.openDocument(key), random);
    watchers.replaceAll(
        (id, watcher) -> new Watcher(watcher.watch(), watcher.watch().apply(local.document())));
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
