package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Encoded states of documents that were read lately, within a budget of bytes (K11); the longest
/// unread go first.
///
/// A copy may be older than the log: whoever reads takes the updates since from the store and lays
/// them over it. So nothing here has to be kept in step with commits, and nothing is lost with it.
/// Safe to use from many threads.
public final class DocumentShelf {
  /// What an entry costs besides its state, in bytes.
  private static final int ENTRY_BYTES = 200;

  /// Documents that are folded at once; each is in memory as a whole meanwhile.
  static final int FOLDING_MAX = 4;

  private final Documents documents;
  private final DocumentLimits limits;
  private final DocumentObserver observer;
  private final DocumentSizes sizes;
  private final Map<EntityKey, DocumentCopy> copies = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<EntityKey> folding = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private long bytes;
  private @Nullable ScopeName scope;

  DocumentShelf(Documents documents, DocumentInspection inspection) {
    this.documents = documents;
    this.limits = inspection.policy().limits();
    this.observer = inspection.observer();
    this.sizes = inspection.sizes();
    sizes.ask(documents::weigh, this::fold);
  }

  /// How many states are kept.
  public int count() {
    lock.lock();
    try {
      return copies.size();
    } finally {
      lock.unlock();
    }
  }

  /// How many bytes they take.
  public long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// A document as it stands.
  CompletionStage<Answer<DocumentCopy>> read(Caller caller, EntityKey key) {
    return read(caller, key, copy -> copy);
  }

  /// Works something out of a document as it stands, on the kernel's thread: a large one takes its
  /// time, and a link's thread has others to serve.
  <T> CompletionStage<Answer<T>> read(
      Caller caller, EntityKey key, Function<DocumentCopy, T> work) {
    DocumentCopy known = peek(key);
    return documents.trail(
        caller, key, known == null ? 0 : known.seq(), trail -> work.apply(lay(key, known, trail)));
  }

  private @Nullable DocumentCopy peek(EntityKey key) {
    lock.lock();
    try {
      return copies.get(key);
    } finally {
      lock.unlock();
    }
  }

  private DocumentCopy lay(
      EntityKey key, @Nullable DocumentCopy known, Optional<DocumentTrail> found) {
    if (found.isEmpty() || found.get().entity().deleted()) {
      put(key, null);
      return DocumentCopy.ABSENT;
    }
    DocumentTrail trail = found.get();
    if (!trail.isWhole() && trail.updates().isEmpty() && known != null) {
      return known;
    }
    DocumentCopy copy = merged(known, trail);
    observer.loaded(trail.updates().size());
    put(key, copy);
    if (copy.unfolded() >= limits.foldUpdatesMin() + copy.bytes() / 1024) {
      fold(key);
    }
    return copy;
  }

  private static DocumentCopy merged(@Nullable DocumentCopy known, DocumentTrail trail) {
    List<UpdateV1> parts = new ArrayList<>();
    int unfolded = trail.updates().size();
    if (trail.folded() != null) {
      Bytes state = trail.folded().state();
      if (state != null) {
        parts.add(update(state));
      }
    } else if (!trail.isWhole() && known != null) {
      parts.add(known.state());
      unfolded += known.unfolded();
    }
    trail.updates().forEach(body -> parts.add(update(body)));
    UpdateV1 state = parts.isEmpty() ? DocumentCopy.NOTHING : Updates.mergeV1(parts);
    return new DocumentCopy(trail.entity().seq(), trail.entity().version(), state, unfolded);
  }

  private static UpdateV1 update(Bytes body) {
    return new UpdateV1(body.toArray());
  }

  private void put(EntityKey key, @Nullable DocumentCopy copy) {
    int evicted = 0;
    lock.lock();
    try {
      DocumentCopy before = copies.get(key);
      if (copy != null && before != null && before.seq() > copy.seq()) {
        return;
      }
      bytes -= weight(copies.remove(key));
      if (copy != null && weight(copy) <= limits.shelfBytesMax()) {
        copies.put(withSharedScope(key), copy);
        bytes += weight(copy);
      }
      for (Iterator<DocumentCopy> eldest = copies.values().iterator();
          bytes > limits.shelfBytesMax() && eldest.hasNext(); ) {
        bytes -= weight(eldest.next());
        eldest.remove();
        evicted++;
      }
    } finally {
      lock.unlock();
    }
    if (evicted > 0) {
      observer.evicted(evicted);
    }
  }

  /// The same key; documents of one scope that come one after another share its name in memory.
  private EntityKey withSharedScope(EntityKey key) {
    ScopeName last = scope;
    if (last != null && last.equals(key.scope())) {
      return new EntityKey(last, key.model(), key.id());
    }
    scope = key.scope();
    return key;
  }

  private static long weight(@Nullable DocumentCopy copy) {
    return copy == null ? 0 : copy.bytes() + ENTRY_BYTES;
  }

  /// Folds a document's updates, once at a time; afterwards the copy is read anew. While too many
  /// others are folded it is left as it is: its next update or reader asks again.
  void fold(EntityKey key) {
    lock.lock();
    try {
      if (folding.size() >= FOLDING_MAX || !folding.add(key)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    sizes.folds(key);
    documents
        .fold(key)
        .whenComplete((done, failure) -> {
          // What is told of this folding must not be taken for word of the next one.
          if (failure == null) {
            sizes.folded(key, done.stateBytes());
            folded(key);
            observer.folded(done.updates());
          } else {
            sizes.unfolded(key);
            folded(key);
            broke(failure);
          }
        });
  }

  /// A store that is away says so itself, and the chore is done another time.
  private void broke(Throwable failure) {
    if (!(DocumentLink.causeOf(failure) instanceof StoreFailure)) {
      observer.failed(failure);
    }
  }

  /// The copy goes: the folded state is smaller, and counts from nothing again.
  private void folded(EntityKey key) {
    lock.lock();
    try {
      folding.remove(key);
      bytes -= weight(copies.remove(key));
    } finally {
      lock.unlock();
    }
  }
}
