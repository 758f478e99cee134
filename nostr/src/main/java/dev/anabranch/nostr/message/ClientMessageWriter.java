package dev.anabranch.nostr.message;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage.Authenticate;
import dev.anabranch.nostr.message.ClientMessage.Close;
import dev.anabranch.nostr.message.ClientMessage.Count;
import dev.anabranch.nostr.message.ClientMessage.Publish;
import dev.anabranch.nostr.message.ClientMessage.ReconcileClose;
import dev.anabranch.nostr.message.ClientMessage.ReconcileNext;
import dev.anabranch.nostr.message.ClientMessage.ReconcileOpen;
import dev.anabranch.nostr.message.ClientMessage.Request;
import dev.anabranch.nostr.text.JsonText;
import java.util.List;

/// Writes what a client says.
final class ClientMessageWriter {

  private final StringBuilder out;

  ClientMessageWriter(StringBuilder out) {
    this.out = out;
  }

  void write(ClientMessage message) {
    switch (message) {
      case Publish publish -> publish.event().writeTo(begin("EVENT").append(','));
      case Request request -> filters("REQ", request.subscription(), request.filters());
      case Close close -> named("CLOSE", close.subscription());
      case Count count -> filters("COUNT", count.query(), count.filters());
      case Authenticate proof -> proof.event().writeTo(begin("AUTH").append(','));
      case ReconcileOpen open -> {
        filters("NEG-OPEN", open.reconciliation(), List.of(open.filter()));
        digits(open.message());
      }
      case ReconcileNext next -> {
        named("NEG-MSG", next.reconciliation());
        digits(next.message());
      }
      case ReconcileClose close -> named("NEG-CLOSE", close.reconciliation());
    }
    out.append(']');
  }

  private StringBuilder begin(String label) {
    return out.append("[\"").append(label).append('"');
  }

  private void named(String label, SubscriptionId id) {
    JsonText.quote(id.text(), begin(label).append(','));
  }

  private void filters(String label, SubscriptionId id, List<Filter> filters) {
    named(label, id);
    filters.forEach(filter -> filter.writeTo(out.append(',')));
  }

  private void digits(String digits) {
    out.append(",\"").append(digits).append('"');
  }
}
