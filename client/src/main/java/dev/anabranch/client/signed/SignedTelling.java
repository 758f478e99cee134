package dev.anabranch.client.signed;

import dev.anabranch.kernel.log.EntityKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the application, on a thread of its own: it may take its time there and ask the client
/// anything.
///
/// An entity that is to be told of and was not yet is told of once, so that what waits is bounded
/// by what there is.
final class SignedTelling {

  private static final Logger LOG = LoggerFactory.getLogger(SignedTelling.class);

  private final ExecutorService thread;
  private final List<Consumer<EntityKey>> listeners = new CopyOnWriteArrayList<>();
  private final Set<EntityKey> untold = ConcurrentHashMap.newKeySet();

  SignedTelling(ExecutorService thread) {
    this.thread = thread;
  }

  Runnable onChange(Consumer<EntityKey> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// These look different now.
  void changed(Set<EntityKey> keys) {
    for (EntityKey key : keys) {
      if (untold.add(key)) {
        thread.execute(() -> tell(key));
      }
    }
  }

  private void tell(EntityKey key) {
    untold.remove(key); // before it is read: what changes from here on is told again
    for (Consumer<EntityKey> listener : listeners) {
      try {
        listener.accept(key);
      } catch (RuntimeException failure) {
        LOG.error("a listener of the signed client failed at {}", key, failure);
      }
    }
  }

  /// Gives an answer to whoever waits for it.
  <T> void answer(CompletableFuture<T> waiting, T outcome) {
    thread.execute(() -> waiting.complete(outcome));
  }

  /// Tells what was given so far, and nothing more.
  void close() {
    thread.shutdown();
  }
}
