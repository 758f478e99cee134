package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The frames of one link, taken in order and one at a time.
///
/// While one waits for something from elsewhere – a signature that is checked, an answer –, those
/// behind it wait for it. Confined to the session's loop.
final class FrameQueue {

  private final SignedOutbox outbox;
  private final Executor signatures;
  private final Consumer<String> taker;
  private final Deque<String> waiting = new ArrayDeque<>();
  private boolean busy = true;

  /// A queue that takes nothing before it is told to [#goOn].
  ///
  /// @param signatures threads that check signatures
  /// @param taker what a frame is given to when it is its turn
  FrameQueue(SignedOutbox outbox, Executor signatures, Consumer<String> taker) {
    this.outbox = outbox;
    this.signatures = signatures;
    this.taker = taker;
  }

  /// Frames that wait for their turn.
  int size() {
    return waiting.size();
  }

  void add(String frame) {
    waiting.add(frame);
    takeNext();
  }

  void clear() {
    waiting.clear();
  }

  /// Nothing is waited for any more.
  void goOn() {
    busy = false;
    takeNext();
  }

  private void takeNext() {
    while (!busy && !outbox.ended() && !waiting.isEmpty()) {
      taker.accept(waiting.remove());
    }
  }

  /// Checks a signature elsewhere, then goes on here; a bad one ends the session.
  void check(BooleanSupplier signature, @Nullable Long re, Runnable next) {
    await(
        CompletableFuture.supplyAsync(signature::getAsBoolean, signatures),
        re,
        good -> {
          if (good) {
            next.run();
          } else {
            outbox.refuse(
                SignedFault.BAD_SIGNATURE,
                "the signature is not the key's over SHA-256 of the canonical frame without it",
                re);
          }
        },
        () -> {});
  }

  <T> void ask(CompletionStage<Answer<T>> stage, @Nullable Long re, Consumer<T> next) {
    ask(stage, re, next, () -> {});
  }

  /// Goes on with what [Accounts] answer; a no is told.
  ///
  /// @param without run before a no, or when nothing could be asked
  <T> void ask(
      CompletionStage<Answer<T>> stage, @Nullable Long re, Consumer<T> next, Runnable without) {
    await(
        stage,
        re,
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> {
              without.run();
              outbox.refuse(refusal(fault), re, SignedChanges.retryMillis(fault));
            }
          }
        },
        without);
  }

  /// To accounts, whoever is not authenticated has a key that was revoked.
  private static Refusal refusal(Fault fault) {
    Refusal refusal = SignedChanges.refusal(fault);
    return refusal.fault() == SignedFault.UNAUTHENTICATED
        ? new Refusal(SignedFault.KEY_REVOKED, fault.detail())
        : refusal;
  }

  /// Goes on with what a stage gives.
  ///
  /// @param lost run when the store was away, before that is told
  <T> void await(CompletionStage<T> stage, @Nullable Long re, Consumer<T> next, Runnable lost) {
    busy = true;
    outbox.then(
        stage,
        re,
        value -> {
          busy = false; // first, for what comes next may wait for something again
          next.accept(value);
          takeNext();
        },
        () -> {
          lost.run();
          goOn();
        });
  }
}
