package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.EntityKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// About how large documents are that were written lately; the longest unwritten are forgotten
/// (K11).
///
/// A document's size is what was measured and the updates since. Updates are many times larger than
/// what they add – a keystroke comes in 20 to 40 bytes and stays as one or two – so a document that
/// seems too large is measured anew, folded, before anything is refused; until then, and while an
/// unknown one is measured, it may grow to twice its bound. Safe to use from many threads.
final class DocumentSizes {
  private final DocumentLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<EntityKey, Size> sizes;
  private volatile Consumer<EntityKey> measure = document -> {};

  private static final class Size {
    private long measured;
    private long since;
    private boolean measuring;
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

  /// Who measures a document and then calls [#measured].
  void measureBy(Consumer<EntityKey> measuring) {
    this.measure = measuring;
  }

  /// Why a document has no room for an update; empty when it has, and the update counts.
  ///
  /// @param fresh whether the document begins with the update
  Optional<String> refuses(EntityKey document, boolean fresh, int bytes) {
    boolean ask;
    Optional<String> no;
    lock.lock();
    try {
      boolean unknown = !fresh && !sizes.containsKey(document);
      Size size = fresh ? begun(document) : sizes.computeIfAbsent(document, ignored -> new Size());
      long after = size.measured + size.since + bytes;
      boolean over = after > limits.documentBytesMax();
      ask = (unknown || (over && size.since > 0)) && !size.measuring;
      size.measuring |= ask;
      boolean exact = !size.measuring;
      no =
          over && (exact || after > 2L * limits.documentBytesMax())
              ? sentence(document, after)
              : Optional.empty();
      size.since += no.isPresent() ? 0 : bytes;
    } finally {
      lock.unlock();
    }
    if (ask) {
      measure.accept(document);
    }
    return no;
  }

  /// Counts an update that only deletes: there is always room for it, and more after it.
  void shrinks(EntityKey document, int bytes) {
    lock.lock();
    try {
      Size size = sizes.get(document);
      if (size != null) {
        size.since += bytes;
      }
    } finally {
      lock.unlock();
    }
  }

  private Size begun(EntityKey document) {
    Size size = new Size();
    sizes.put(document, size);
    return size;
  }

  private Optional<String> sentence(EntityKey document, long after) {
    return Optional.of(
        document.id() + " would have " + after + " bytes; at most " + limits.documentBytesMax());
  }

  /// A document was measured; what came meanwhile may be counted or not.
  void measured(EntityKey document, long bytes) {
    lock.lock();
    try {
      Size size = sizes.get(document);
      if (size != null) {
        size.measured = bytes;
        size.since = 0;
        size.measuring = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Measuring did not succeed; the next update asks again.
  void unmeasured(EntityKey document) {
    lock.lock();
    try {
      sizes.remove(document);
    } finally {
      lock.unlock();
    }
  }
}
