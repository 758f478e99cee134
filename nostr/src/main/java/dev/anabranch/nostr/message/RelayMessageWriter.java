package dev.anabranch.nostr.message;

import dev.anabranch.nostr.message.RelayMessage.Challenge;
import dev.anabranch.nostr.message.RelayMessage.Closed;
import dev.anabranch.nostr.message.RelayMessage.Counted;
import dev.anabranch.nostr.message.RelayMessage.Delivery;
import dev.anabranch.nostr.message.RelayMessage.EndOfStored;
import dev.anabranch.nostr.message.RelayMessage.NoEvent;
import dev.anabranch.nostr.message.RelayMessage.Notice;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import dev.anabranch.nostr.message.RelayMessage.ReconcileError;
import dev.anabranch.nostr.message.RelayMessage.ReconcileNext;
import dev.anabranch.nostr.text.JsonText;

/// Writes what a relay says.
final class RelayMessageWriter {

  private final StringBuilder out;

  RelayMessageWriter(StringBuilder out) {
    this.out = out;
  }

  static String opening(SubscriptionId subscription) {
    StringBuilder out = new StringBuilder();
    new RelayMessageWriter(out).named("EVENT", subscription);
    return out.append(',').toString();
  }

  void write(RelayMessage message) {
    switch (message) {
      case Delivery delivery -> {
        named("EVENT", delivery.subscription());
        delivery.event().writeTo(out.append(','));
      }
      case Ok ok -> {
        begin("OK").append(",\"").append(ok.id().hex()).append("\",").append(ok.isAccepted());
        text(ok.reason());
      }
      case NoEvent none -> {
        begin("OK");
        text(none.id());
        out.append(",false");
        text(none.reason());
      }
      case EndOfStored end -> endOfStored(end);
      case Closed closed -> {
        named("CLOSED", closed.subscription());
        text(closed.reason());
      }
      case Notice notice -> {
        begin("NOTICE");
        text(notice.text());
      }
      case Challenge challenge -> {
        begin("AUTH");
        text(challenge.challenge());
      }
      case Counted counted -> counted(counted);
      case ReconcileNext next -> {
        named("NEG-MSG", next.reconciliation());
        text(next.message());
      }
      case ReconcileError error -> reconcileError(error);
    }
    out.append(']');
  }

  private void endOfStored(EndOfStored end) {
    named("EOSE", end.subscription());
    RelayMessage.Extent extent = end.extent();
    if (extent != null) {
      out.append(",[\"").append(extent.word()).append("\"]");
    }
  }

  private void counted(Counted counted) {
    named("COUNT", counted.query());
    out.append(",{\"count\":").append(counted.count());
    if (counted.isApproximate()) {
      out.append(",\"approximate\":true");
    }
    String registers = counted.registers();
    if (registers != null) {
      out.append(",\"hll\":\"").append(registers).append('"');
    }
    out.append('}');
  }

  private void reconcileError(ReconcileError error) {
    named("NEG-ERR", error.reconciliation());
    text(error.reason());
    if (error.recordsMax() > 0) {
      out.append(',').append(error.recordsMax());
    }
  }

  private StringBuilder begin(String label) {
    return out.append("[\"").append(label).append('"');
  }

  private void named(String label, SubscriptionId id) {
    begin(label);
    text(id.text());
  }

  private void text(String text) {
    JsonText.quote(text, out.append(','));
  }
}
