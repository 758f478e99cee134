package dev.anabranch.nostr.message;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import java.util.List;

/// What a client says.
public sealed interface ClientMessage {

  /// Reads what a client says.
  static ClientText read(byte[] json, MessageLimits limits) {
    return ClientMessageReader.read(json, limits);
  }

  /// The compact JSON.
  default String json() {
    StringBuilder out = new StringBuilder();
    new ClientMessageWriter(out).write(this);
    return out.toString();
  }

  /// `["EVENT",event]`: keep this and show it to others.
  record Publish(Event event) implements ClientMessage {}

  /// `["REQ",id,filter…]`: the stored events, then the new ones; a known id is replaced.
  record Request(SubscriptionId subscription, List<Filter> filters) implements ClientMessage {

    public Request {
      filters = List.copyOf(filters);
    }
  }

  /// `["CLOSE",id]`: no more of it.
  record Close(SubscriptionId subscription) implements ClientMessage {}

  /// `["COUNT",id,filter…]`: how many there are (NIP-45).
  record Count(SubscriptionId query, List<Filter> filters) implements ClientMessage {

    public Count {
      filters = List.copyOf(filters);
    }
  }

  /// `["AUTH",event]`: who I am, an event of kind 22242 (NIP-42).
  record Authenticate(Event event) implements ClientMessage {}

  /// `["NEG-OPEN",id,filter,hex]`: a reconciliation begins (NIP-77).
  ///
  /// @param message first message of negentropy, lowercase hexadecimal digits
  record ReconcileOpen(SubscriptionId reconciliation, Filter filter, String message)
      implements ClientMessage {}

  /// `["NEG-MSG",id,hex]`: the next message of a reconciliation.
  record ReconcileNext(SubscriptionId reconciliation, String message) implements ClientMessage {}

  /// `["NEG-CLOSE",id]`: the client has what it wanted.
  record ReconcileClose(SubscriptionId reconciliation) implements ClientMessage {}
}
