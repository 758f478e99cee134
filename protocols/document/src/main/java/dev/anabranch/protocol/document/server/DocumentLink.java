package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The link of one or more documents' sessions, and every way back onto its thread.
///
/// The one place that catches failures: whatever a task throws is told to the observer once, and
/// the connection ends.
final class DocumentLink {
  private final Link link;
  private final DocumentObserver observer;
  private final Deque<BooleanSupplier> turns = new ArrayDeque<>();
  private boolean isTurn;
  private boolean ended;

  DocumentLink(Link link, DocumentObserver observer) {
    this.link = link;
    this.observer = observer;
  }

  Executor lane() {
    return link.loop();
  }

  boolean writable() {
    return link.outbox().writable();
  }

  void send(Frame frame) {
    if (!ended) {
      link.outbox().send(frame);
    }
  }

  void close(int code, String reason) {
    if (!ended) {
      ended = true;
      link.outbox().flush();
      link.close(code, reason);
    }
  }

  /// Something came that is no binary frame.
  void unacceptable() {
    observer.refused(DocumentFault.MALFORMED);
    close(CloseCode.UNACCEPTABLE, "documents speak binary frames");
  }

  /// The link is gone; nothing is sent any more.
  void gone() {
    ended = true;
  }

  /// Begins something that reads and then answers, when its turn comes: one after the other, and
  /// only while the link takes what is answered. What the link's peer asks must not take all the
  /// threads that read, nor pile up before a peer that reads slowly. Bounded by those who ask.
  ///
  /// @param begin whether it has begun, and ends with [#turnOver]
  void inTurn(BooleanSupplier begin) {
    turns.add(begin);
    nextTurn();
  }

  /// What had its turn has come to its end.
  void turnOver() {
    isTurn = false;
    nextTurn();
  }

  /// Goes on with what waits for its turn, if there is room now.
  void nextTurn() {
    while (!isTurn && !ended && !turns.isEmpty() && writable()) {
      isTurn = turns.remove().getAsBoolean();
    }
  }

  /// Runs a task on the link's thread after what is being handled now.
  void soon(Runnable task) {
    link.execute(() -> runAndFlush(task));
  }

  /// Runs a task on the link's thread after a while, unless it is called off before.
  Cancellable later(Duration delay, Runnable task) {
    return link.schedule(delay, () -> runAndFlush(task));
  }

  /// Runs a task, on the link's thread already; what it sends goes with the next flush.
  void run(Runnable task) {
    if (ended) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException | StackOverflowError failure) {
      broke(failure);
    }
  }

  /// Runs a task, on the link's thread already, and puts what it sends on its way.
  void runAndFlush(Runnable task) {
    run(task);
    if (!ended) {
      link.outbox().flush();
    }
  }

  /// Goes on with what a stage gives, on the link's thread.
  ///
  /// @param lost when the store is away
  <T> void then(CompletionStage<T> stage, Consumer<T> next, Runnable lost) {
    stage.whenComplete((value, failure) ->
        link.execute(() ->
            runAndFlush(() -> {
              if (failure == null) {
                next.accept(value);
              } else if (causeOf(failure) instanceof StoreFailure) {
                lost.run();
              } else {
                broke(causeOf(failure));
              }
            })));
  }

  static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  void broke(Throwable failure) {
    observer.failed(failure);
    observer.refused(DocumentFault.INTERNAL);
    close(CloseCode.SERVER_ERROR, DocumentFault.INTERNAL.sentence());
  }
}
