package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/// How large documents are that were written lately, counted where they are written; the longest
/// unwritten are forgotten (K11), and weighed when they are written again.
///
/// A document takes at most what its folded state and the updates behind it take. Updates are many
/// times larger than what they add – a keystroke comes in 20 to 40 bytes and stays as one or two –
/// so a document is folded whenever enough stands behind its state, and before it is called full:
/// until that is done, what would not fit is put off (`unavailable`), not refused.
///
/// The writer's thread asks and tells, one batch after the other; whoever folds tells from any.
final class DocumentSizes {
  private static final long KIBIBYTE = 1024;
  private static final long MEBIBYTE = 1024 * KIBIBYTE;

  private final DocumentLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<EntityKey, Size> sizes;
  private final Map<EntityKey, Deque<Asked>> undecided = new HashMap<>();
  private volatile Function<EntityKey, DocumentWeight> weigh = document -> DocumentWeight.NOTHING;
  private volatile Consumer<EntityKey> fold = document -> {};

  private static final class Size {
    private long folded;
    private long since;
    private long updates;
    private boolean shrunk;
    private boolean folding;
    private long sinceAtFold;
    private long updatesAtFold;
  }

  /// An update that had room, as long as it is not known to be on disk.
  ///
  /// @param version the document's with it
  /// @param begins whether the document begins with it, or with an update before it in the batch
  /// @param fresh whether it begins with this one
  /// @param bytes its own and those before it in the batch
  /// @param shrinks whether it or one before it only deletes
  private record Asked(long version, boolean begins, boolean fresh, long bytes, boolean shrinks) {
    private Asked and(int more, boolean deletesOnly) {
      return new Asked(version + 1, begins, fresh, bytes + more, shrinks || deletesOnly);
    }
  }

  DocumentSizes(DocumentLimits limits) {
    this.limits = limits;
    this.sizes =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<EntityKey, Size> eldest) {
            return size() > limits.clientIdsMax();
          }
        };
  }

  /// Who weighs a document that is not known; and who folds one, once at a time, saying [#folds]
  /// and then [#folded] or [#unfolded].
  void ask(Function<EntityKey, DocumentWeight> weighing, Consumer<EntityKey> folding) {
    this.weigh = weighing;
    this.fold = folding;
  }

  /// Why a document has no room for an update; empty when it has.
  ///
  /// @param version the document's before the update; 0 = it never was
  /// @param fresh whether the document begins with the update
  /// @param deletesOnly whether it adds nothing: up to twice the bound there is room for it, and
  ///   more after it
  Optional<Fault> refuses(
      EntityKey document, long version, boolean fresh, boolean deletesOnly, int bytes) {
    Asked before = before(document, version, fresh);
    if (!before.begins() && !isKnown(document)) {
      try {
        put(document, weigh.apply(document));
      } catch (StoreFailure away) {
        // Thrown on, it would stop the store; only this one write needs the answer.
        return Optional.of(notWeighed(document, away));
      }
    }
    long max = limits.documentBytesMax() * (deletesOnly ? 2L : 1L);
    boolean ask = false;
    Optional<Fault> no = Optional.empty();
    lock.lock();
    try {
      Size size = before.begins() ? new Size() : sizes.computeIfAbsent(document, key -> new Size());
      long since = size.since + before.bytes();
      long after = size.folded + since + bytes;
      if (after > max) {
        boolean shrunk = size.shrunk || before.shrinks();
        boolean full = since == 0 || (size.folded + bytes > max && !shrunk);
        ask = since > 0;
        no = Optional.of(full ? full(document, after, max) : beingFolded(document));
      } else {
        undecided
            .computeIfAbsent(document, key -> new ArrayDeque<>())
            .add(before.and(bytes, deletesOnly));
      }
    } finally {
      lock.unlock();
    }
    if (ask) {
      fold.accept(document);
    }
    return no;
  }

  /// What stands of the batch before an update. Versions are counted one by one, so what has a
  /// later one than the document was rolled back.
  private Asked before(EntityKey document, long version, boolean fresh) {
    lock.lock();
    try {
      Deque<Asked> asked = undecided.getOrDefault(document, new ArrayDeque<>());
      while (!asked.isEmpty() && asked.getLast().version() > version) {
        asked.removeLast();
      }
      Asked last = asked.peekLast();
      return fresh || last == null
          ? new Asked(version, fresh, fresh, 0, false)
          : new Asked(version, last.begins(), false, last.bytes(), last.shrinks());
    } finally {
      lock.unlock();
    }
  }

  private static Fault full(EntityKey document, long after, long max) {
    return new Fault(
        FaultCode.TOO_LARGE,
        document.id() + " would have " + after + " bytes; at most " + max + " are allowed");
  }

  private static Fault notWeighed(EntityKey document, StoreFailure away) {
    return new Fault(
        FaultCode.UNAVAILABLE,
        "how large "
            + document.id()
            + " is cannot be read just now; try again in a moment. "
            + away.getMessage());
  }

  private static Fault beingFolded(EntityKey document) {
    return new Fault(
        FaultCode.UNAVAILABLE,
        document.id() + " is nearly full and is being folded; try again in a moment");
  }

  private boolean isKnown(EntityKey document) {
    lock.lock();
    try {
      return sizes.containsKey(document);
    } finally {
      lock.unlock();
    }
  }

  private void put(EntityKey document, DocumentWeight weight) {
    lock.lock();
    try {
      Size size = new Size();
      size.folded = weight.foldedBytes();
      size.since = weight.updateBytes();
      size.updates = weight.updates();
      size.shrunk = true; // who knows what they say
      sizes.put(document, size);
    } finally {
      lock.unlock();
    }
  }

  /// What was asked and is not known to be on disk came to nothing.
  void forgetUndecided() {
    lock.lock();
    try {
      undecided.clear();
    } finally {
      lock.unlock();
    }
  }

  /// An update of a document is on disk.
  ///
  /// @param version the document's with it
  void grew(EntityKey document, long version, int bytes) {
    boolean ask;
    lock.lock();
    try {
      Optional<Asked> asked =
          undecided.getOrDefault(document, new ArrayDeque<>()).stream()
              .filter(one -> one.version() == version)
              .findFirst();
      if (asked.filter(Asked::fresh).isPresent()) {
        sizes.put(document, new Size());
      }
      Size size = sizes.get(document);
      if (size == null) {
        return;
      }
      size.shrunk |= asked.filter(Asked::shrinks).isPresent();
      size.since += bytes;
      size.updates++;
      ask = !size.folding && isDue(size);
    } finally {
      lock.unlock();
    }
    if (ask) {
      fold.accept(document);
    }
  }

  /// Whether so much stands behind the folded state that it is folded anew: so many updates that a
  /// keystroke costs about a KiB of folding, or so many bytes that each costs about two.
  private boolean isDue(Size size) {
    long most = limits.documentBytesMax();
    long room = Math.max(Math.min(64 * KIBIBYTE, most / 8), (most - size.folded) / 2);
    return size.updates >= limits.foldUpdatesMin() + size.folded / KIBIBYTE
        || size.since >= Math.min(Math.max(MEBIBYTE, size.folded / 2), room);
  }

  /// Folding begins: what is on disk by now will be in the state.
  void folds(EntityKey document) {
    lock.lock();
    try {
      Size size = sizes.get(document);
      if (size != null) {
        size.folding = true;
        size.sinceAtFold = size.since;
        size.updatesAtFold = size.updates;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Folding has come to its end, with a state of so many bytes. A document that began anew
  /// meanwhile has nothing of it.
  void folded(EntityKey document, long stateBytes) {
    lock.lock();
    try {
      Size size = sizes.get(document);
      if (size != null && size.folding) {
        size.folding = false;
        size.folded = stateBytes;
        size.since -= size.sinceAtFold;
        size.updates -= size.updatesAtFold;
        size.shrunk &= size.since > 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Folding did not succeed; the next update asks again.
  void unfolded(EntityKey document) {
    lock.lock();
    try {
      sizes.remove(document);
    } finally {
      lock.unlock();
    }
  }
}
