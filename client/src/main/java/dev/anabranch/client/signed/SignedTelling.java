package dev.anabranch.client.signed;

import dev.anabranch.client.session.UserCode;
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

/// Tells the application, on threads of its own: listeners may take their time on theirs and wait
/// for answers, which come on another one.
///
/// An entity that is to be told of and was not yet is told of once, so that what waits is bounded
/// by what there is.
final class SignedTelling {

  private static final Logger LOG = LoggerFactory.getLogger(SignedTelling.class);

  private final ExecutorService listening;
  private final ExecutorService answering;
  private final List<Consumer<EntityKey>> listeners = new CopyOnWriteArrayList<>();
  private final Set<EntityKey> untold = ConcurrentHashMap.newKeySet();

  /// @param listening one thread, of the listeners
  /// @param answering one thread, of those who wait for an outcome
  SignedTelling(ExecutorService listening, ExecutorService answering) {
    this.listening = listening;
    this.answering = answering;
  }

  Runnable onChange(Consumer<EntityKey> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// These look different now.
  void changed(Set<EntityKey> keys) {
    for (EntityKey key : keys) {
      if (untold.add(key)) {
        listening.execute(() -> tell(key));
      }
    }
  }

  private void tell(EntityKey key) {
    untold.remove(key); // before it is read: what changes from here on is told again
    for (Consumer<EntityKey> listener : listeners) {
      try {
        listener.accept(key);
      } catch (Throwable failure) {
        UserCode.rethrowIfFatal(failure);
        LOG.error("a listener of the signed client failed at {}", key, failure);
      }
    }
  }

  /// Gives an answer to whoever waits for it.
  <T> void answer(CompletableFuture<T> waiting, T outcome) {
    answering.execute(() -> waiting.complete(outcome));
  }

  /// Tells what was given so far, and nothing more.
  void close() {
    listening.shutdown();
    answering.shutdown();
  }
}
