package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Cancellable;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import dev.anabranch.nostr.text.Parsed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The reconciliations of one connection (NIP-77): so many at a time, for each message one answer,
/// and none that waits for its client for long. On the link's thread.
final class Reconciliations {

  private final NostrGateway.Surroundings here;
  private final NostrLink link;
  private final Map<SubscriptionId, Open> open = new HashMap<>();
  private int ending; // closed, while the last page of their records is still read

  Reconciliations(NostrGateway.Surroundings here, NostrLink link) {
    this.here = here;
    this.link = link;
  }

  private static final class Open {
    private final Reconciling reconciling;
    private boolean isAnswering;
    private @Nullable Cancellable timeout;

    Open(Reconciling reconciling) {
      this.reconciling = reconciling;
    }

    void stopWaiting() {
      if (timeout != null) {
        timeout.cancel();
        timeout = null;
      }
    }
  }

  private NostrLimits limits() {
    return here.policy().limits();
  }

  /// Opens one, in place of one that has the same name.
  void open(SubscriptionId id, Filter filter, String first, Viewer viewer) {
    close(id);
    int most = limits().reconciliationsMax();
    if (open.size() >= most || ending >= most) {
      refuse(id, new Refusal(NostrFault.TOO_MANY, "too many reconciliations at a time"), 0);
      return;
    }
    open.put(id, new Open(new Reconciling(here, filter, viewer)));
    next(id, first);
  }

  /// Answers a message.
  void next(SubscriptionId id, String message) {
    Open known = open.get(id);
    if (known == null) {
      refuse(id, new Refusal(NostrFault.FORGOTTEN, "no such reconciliation; open it"));
      return;
    }
    if (known.isAnswering) {
      refuse(
          id, new Refusal(NostrFault.MALFORMED, "a message before the answer to the one before"));
      return;
    }
    known.isAnswering = true;
    known.stopWaiting();
    known
        .reconciling
        .answer(message)
        .whenComplete((answer, failure) ->
            link.post(() -> {
              if (open.get(id) == known) {
                answered(id, known, answer, failure);
              }
            }));
  }

  private void answered(
      SubscriptionId id, Open known, @Nullable Parsed<String> answer, @Nullable Throwable failure) {
    switch (answer) {
      case Parsed.Value<String>(String hex) -> {
        link.send(new RelayMessage.ReconcileNext(id, hex));
        known.isAnswering = false;
        await(id, known);
      }
      case Parsed.Malformed<String>(String detail) ->
          refuse(id, new Refusal(NostrFault.MALFORMED, detail));
      case null -> failed(id, NostrLink.causeOf(Objects.requireNonNull(failure)));
    }
  }

  private void await(SubscriptionId id, Open known) {
    int seconds = limits().reconcileIdleSeconds();
    known.timeout =
        link.after(
            Duration.ofSeconds(seconds),
            () -> {
              if (open.get(id) == known && !known.isAnswering) {
                String why = "no message for " + seconds + " seconds; open it again";
                refuse(id, new Refusal(NostrFault.FORGOTTEN, why));
              }
            });
  }

  private void failed(SubscriptionId id, Throwable cause) {
    switch (cause) {
      case Reconciling.TooMany ignored ->
          refuse(
              id,
              new Refusal(NostrFault.TOO_MANY, "the filter means too many events"),
              limits().reconcileMax());
      case Reconciling.NoRoom ignored ->
          refuse(
              id,
              new Refusal(
                  NostrFault.RATE_LIMITED, "too many events are reconciled just now; ask again"));
      case StoreFailure ignored ->
          refuse(id, new Refusal(NostrFault.UNAVAILABLE, "the relay's database is away"));
      default -> link.broke(cause);
    }
  }

  /// Closes one; one that is not open is none.
  void close(SubscriptionId id) {
    Open known = open.remove(id);
    if (known != null) {
      known.stopWaiting();
      ending++;
      known.reconciling.end(() -> link.post(() -> ending--));
    }
  }

  /// The client is gone.
  void end() {
    List.copyOf(open.keySet()).forEach(this::close);
  }

  /// Says no, after which there is none of this name (NIP-77).
  void refuse(SubscriptionId id, Refusal refusal) {
    refuse(id, refusal, 0);
  }

  private void refuse(SubscriptionId id, Refusal refusal, long recordsMax) {
    close(id);
    here.observer().refused(refusal.fault());
    link.send(new RelayMessage.ReconcileError(id, refusal.reason(), recordsMax));
  }
}
