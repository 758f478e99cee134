package dev.anabranch.client;

import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.WriteKey;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A write that is on this device's disk; what comes of it is told here.
///
/// Nobody has to wait: the write is shown already, survives a kill, and is sent when there is a
/// line.
public final class PendingWrite {

  private final QueuedWrite write;
  private final CompletableFuture<WriteOutcome> outcome = new CompletableFuture<>();
  private volatile WriteStatus status = WriteStatus.QUEUED;

  PendingWrite(QueuedWrite write) {
    this.write = Objects.requireNonNull(write);
  }

  /// Its key, the same for ever: another process on the same local copy can recognise it by this.
  public WriteKey key() {
    return write.key();
  }

  /// What it changes.
  public EntityKey entity() {
    return write.entity();
  }

  /// How far it has come.
  public WriteStatus status() {
    return status;
  }

  /// Completes when the server has answered, never exceptionally; dependents run on the thread of
  /// the client's listeners.
  public CompletionStage<WriteOutcome> outcome() {
    return outcome.minimalCompletionStage();
  }

  /// Waits for the server's answer.
  ///
  /// @throws TimeoutException when there is none yet; the write stays queued
  /// @throws InterruptedException when this thread is to stop; the write stays queued
  public WriteOutcome await(Duration atMost) throws TimeoutException, InterruptedException {
    try {
      return outcome.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException never) {
      throw new IllegalStateException("an outcome does not fail", never);
    }
  }

  void sent() {
    if (status == WriteStatus.QUEUED) {
      status = WriteStatus.SENT;
    }
  }

  void settled(WriteOutcome found) {
    status =
        switch (found) {
          case WriteOutcome.Applied ignored -> WriteStatus.APPLIED;
          case WriteOutcome.Conflicted ignored -> WriteStatus.CONFLICT;
          case WriteOutcome.Refused ignored -> WriteStatus.REFUSED;
        };
  }

  void complete(WriteOutcome found) {
    outcome.complete(found);
  }

  @Override
  public String toString() {
    return write.draft().action().word()
        + " "
        + entity().model()
        + " "
        + entity().id()
        + " "
        + status;
  }
}
