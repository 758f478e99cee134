package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Has the last word over events that the relay's own rules would take.
@FunctionalInterface
public interface WritePolicy {

  /// Takes every event.
  WritePolicy NONE = (event, sender) -> CompletableFuture.completedFuture(new Ruling.Accept());

  /// What it says of an event.
  sealed interface Ruling {

    /// The event is taken.
    record Accept() implements Ruling {}

    /// The event is not taken.
    ///
    /// @param fault why
    /// @param detail a sentence for people, without the fault's prefix
    record Reject(NostrFault fault, String detail) implements Ruling {
      public Reject {
        Objects.requireNonNull(fault, "fault");
        Objects.requireNonNull(detail, "detail");
      }
    }

    /// The event is not taken, and its sender is told that it is.
    record Pretend() implements Ruling {}
  }

  /// Asks another one about what this one accepts.
  default WritePolicy then(WritePolicy next) {
    return (event, sender) ->
        judge(event, sender)
            .thenCompose(ruling ->
                ruling instanceof Ruling.Accept
                    ? next.judge(event, sender)
                    : CompletableFuture.completedFuture(ruling));
  }

  /// Judges a verified event; does not block, and the stage never fails.
  CompletionStage<Ruling> judge(Event event, Sender sender);
}
