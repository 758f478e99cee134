package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.nostr.message.RelayMessage;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// A session's link: everything it sends, and every way back onto its thread.
///
/// The one place that catches failures: whatever a task throws is told to the observer once, and
/// the connection ends.
final class NostrLink {
  private final Link link;
  private final NostrObserver observer;
  private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drains = new AtomicBoolean();
  private boolean ended;

  NostrLink(Link link, NostrObserver observer) {
    this.link = link;
    this.observer = observer;
  }

  LinkLoop loop() {
    return link.loop();
  }

  boolean ended() {
    return ended;
  }

  boolean writable() {
    return link.outbox().writable();
  }

  void send(RelayMessage message) {
    send(Frame.text(message.json()));
  }

  void send(Frame frame) {
    if (!ended) {
      link.outbox().send(frame);
    }
  }

  void flush() {
    if (!ended) {
      link.outbox().flush();
    }
  }

  /// Runs a task on the link's thread after a while, and puts what it sends on its way.
  Cancellable after(Duration delay, Runnable task) {
    return link.loop().schedule(delay, () -> runAndFlush(task));
  }

  void close(int code, String reason) {
    if (!ended) {
      ended = true;
      link.outbox().flush();
      link.close(code, reason);
    }
  }

  /// The link is gone; nothing is sent any more.
  void gone() {
    ended = true;
  }

  /// Runs a task, on the link's thread already; what it sends goes with the next flush.
  void run(Runnable task) {
    if (ended) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException failure) {
      broke(failure);
    }
  }

  /// Runs a task, on the link's thread already, and puts what it sends on its way.
  void runAndFlush(Runnable task) {
    run(task);
    flush();
  }

  /// Runs a task on the link's thread: those of one moment together, with one flush. From any
  /// thread.
  void post(Runnable task) {
    mailbox.add(task);
    if (drains.compareAndSet(false, true)) {
      link.execute(this::drain);
    }
  }

  private void drain() {
    drains.set(false);
    for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
      run(task);
    }
    flush();
  }

  /// Goes on with what a stage gives, on the link's thread.
  ///
  /// @param lost when the store is away
  <T> void then(CompletionStage<T> stage, Consumer<T> next, Runnable lost) {
    stage.whenComplete((value, failure) ->
        post(() -> {
          if (failure == null) {
            next.accept(value);
          } else if (causeOf(failure) instanceof StoreFailure) {
            lost.run();
          } else {
            broke(causeOf(failure));
          }
        }));
  }

  static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  void broke(Throwable failure) {
    observer.failed(failure);
    observer.refused(NostrFault.INTERNAL);
    send(new RelayMessage.Notice(NostrFault.INTERNAL.reason("something broke on our side")));
    close(CloseCode.SERVER_ERROR, "something broke on our side");
  }
}
