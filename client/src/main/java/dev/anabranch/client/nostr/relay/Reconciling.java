package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import dev.anabranch.nostr.reconcile.Reconciliation;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.nostr.text.Parsed;
import java.util.HexFormat;

/// One reconciliation on a line.
final class Reconciling {

  /// Of our messages, so that with two digits a byte they fit into any relay's frames.
  private static final int BYTES_MAX = 60_000;

  /// The most answers; ranges shrink sixteenfold each time, so that more means a relay that lies.
  private static final int ANSWERS_MAX = 10_000;

  private final SubscriptionId id;
  private final Reconciliation reconciliation;
  private final ReconcileListener listener;
  private int answers;
  private String failure = "";

  Reconciling(SubscriptionId id, RecordSet records, ReconcileListener listener) {
    this.id = id;
    this.reconciliation = new Reconciliation(records, BYTES_MAX);
    this.listener = listener;
  }

  SubscriptionId id() {
    return id;
  }

  /// How many answers have come.
  int answers() {
    return answers;
  }

  ClientMessage opening(Filter filter) {
    return new ClientMessage.ReconcileOpen(
        id, filter, HexFormat.of().formatHex(reconciliation.opening()));
  }

  /// What is to be said to an answer; a close when it was the last.
  ClientMessage answered(String digits) {
    answers++;
    if (answers > ANSWERS_MAX) {
      failure = "error: the relay does not come to an end";
      return new ClientMessage.ReconcileClose(id);
    }
    switch (reconciliation.receive(HexFormat.of().parseHex(digits))) {
      case Parsed.Value<Reconciliation.Step>(Reconciliation.Step step) -> {
        if (!step.have().isEmpty() || !step.need().isEmpty()) {
          listener.found(step.have(), step.need());
        }
        return step.isLast()
            ? new ClientMessage.ReconcileClose(id)
            : new ClientMessage.ReconcileNext(id, HexFormat.of().formatHex(step.next()));
      }
      case Parsed.Malformed<Reconciliation.Step>(String detail) -> {
        failure = "invalid: " + detail;
        return new ClientMessage.ReconcileClose(id);
      }
    }
  }

  /// Tells how it ended.
  void end() {
    if (failure.isEmpty()) {
      listener.finished();
    } else {
      listener.failed(failure, 0);
    }
  }

  void fail(String reason, long recordsMax) {
    listener.failed(reason, recordsMax);
  }

  void lost(LinkFailure failure) {
    listener.lost(failure);
  }
}
