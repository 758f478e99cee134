package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A session's link: everything it sends, and every way back onto its thread.
///
/// The one place that catches failures: whatever a task throws is told to the observer once, and
/// the peer hears `internal` and the end.
final class SessionLink {
  /// When to try again after the store was away, in milliseconds.
  static final long RETRY_MILLIS = 1000;

  private final Link link;
  private final ScopeObserver observer;
  private boolean ended;

  SessionLink(Link link, ScopeObserver observer) {
    this.link = link;
    this.observer = observer;
  }

  Executor lane() {
    return link.loop();
  }

  boolean ended() {
    return ended;
  }

  boolean writable() {
    return link.outbox().writable();
  }

  void send(ToClient message) {
    send(Frame.text(ScopeCodec.encode(message)));
  }

  void send(Frame frame) {
    if (!ended) {
      link.outbox().send(frame);
    }
  }

  /// Says no, and goodbye when the fault is one that ends the session.
  void refuse(ErrorAnswer answer) {
    ScopeFault fault = ScopeFault.ofCode(answer.code()).orElse(ScopeFault.INTERNAL);
    observer.refused(fault);
    send(answer);
    if (fault.closeCode() != 0) {
      close(fault.closeCode(), fault.sentence());
    }
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

  /// Runs a task of the session, on its thread already; what it sends goes with the next flush.
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

  /// Runs a task of the session, on its thread already, and puts what it sends on its way.
  void runAndFlush(Runnable task) {
    run(task);
    if (!ended) {
      link.outbox().flush();
    }
  }

  /// Runs a task on the session's thread later.
  Cancellable later(long millis, Runnable task) {
    return link.schedule(Duration.ofMillis(millis), () -> runAndFlush(task));
  }

  /// Goes on with what a stage gives, on the session's thread; a lost store is answered as
  /// `unavailable`.
  <T> void then(
      CompletionStage<T> stage,
      @Nullable String scope,
      @Nullable Ref ref,
      Consumer<T> next,
      Runnable lost) {
    stage.whenComplete((value, failure) ->
        link.execute(() ->
            runAndFlush(() -> {
              if (failure == null) {
                next.accept(value);
              } else if (causeOf(failure) instanceof StoreFailure) {
                lost.run();
                refuse(unavailable(scope, ref));
              } else {
                broke(causeOf(failure));
              }
            })));
  }

  static ErrorAnswer unavailable(@Nullable String scope, @Nullable Ref ref) {
    return new ErrorAnswer(
        ScopeFault.UNAVAILABLE.code(),
        "the server's database is away; try again in a moment",
        scope,
        RETRY_MILLIS,
        ref);
  }

  static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  void broke(Throwable failure) {
    observer.failed(failure);
    Refusal internal = new Refusal(ScopeFault.INTERNAL, "something broke on our side");
    send(ErrorAnswer.of(internal, null, null));
    observer.refused(ScopeFault.INTERNAL);
    close(CloseCode.SERVER_ERROR, ScopeFault.INTERNAL.sentence());
  }
}
