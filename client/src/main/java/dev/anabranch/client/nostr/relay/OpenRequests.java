package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import dev.anabranch.nostr.message.SubscriptionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is asked for on one line and not ended; on the line's loop.
final class OpenRequests {

  private final Map<SubscriptionId, Open> requests = new HashMap<>();
  private final LineKeys keys;
  private final LineListener listener;
  private final Consumer<ClientMessage> out;

  OpenRequests(LineKeys keys, LineListener listener, Consumer<ClientMessage> out) {
    this.keys = keys;
    this.listener = listener;
    this.out = out;
  }

  /// One request.
  static final class Open {
    private final List<Filter> filters;
    private final RequestListener listener;
    private @Nullable SubscriptionId id;
    private boolean isClosed;
    private boolean isRepeated;

    Open(List<Filter> filters, RequestListener listener) {
      this.filters = List.copyOf(filters);
      this.listener = listener;
    }
  }

  int size() {
    return requests.size();
  }

  void open(SubscriptionId id, Open request) {
    if (!request.isClosed) {
      request.id = id;
      requests.put(id, request);
      out.accept(new ClientMessage.Request(id, request.filters));
    }
  }

  void end(Open request) {
    request.isClosed = true;
    SubscriptionId id = request.id;
    if (id != null && requests.remove(id, request)) {
      out.accept(new ClientMessage.Close(id));
    }
  }

  void delivered(SubscriptionId id, Event event) {
    Open request = requests.get(id);
    if (request == null) {
      return; // it was closed while this was on its way
    }
    if (!Filter.anyMatches(request.filters, event)) {
      listener.dropped("event " + event.id() + " was not asked for");
      return;
    }
    switch (Verification.of(event)) {
      case Verification.Verified(VerifiedEvent verified) -> request.listener.event(verified);
      case Verification.WrongId wrong ->
          listener.dropped("event " + event.id() + " is not named by its hash");
      case Verification.WrongSignature wrong ->
          listener.dropped("event " + event.id() + " is not signed by its author");
    }
  }

  void stored(SubscriptionId id, @Nullable Extent extent) {
    Open request = requests.get(id);
    if (request != null) {
      request.listener.endOfStored(extent);
    }
  }

  void closed(SubscriptionId id, String reason) {
    Open request = requests.get(id);
    if (request == null) {
      return;
    }
    if (RelayAnswer.wantsAuthentication(reason) && !request.isRepeated && keys.proveAgain()) {
      request.isRepeated = true;
      keys.whenNotAsked(() -> refused(id, request, reason));
    } else {
      refused(id, request, reason);
    }
  }

  private void refused(SubscriptionId id, Open request, String reason) {
    if (requests.remove(id, request)) {
      request.isClosed = true;
      request.listener.closed(reason);
    }
  }

  /// Asks again for what was refused for want of a key.
  void repeat() {
    requests.forEach((id, request) -> {
      if (request.isRepeated) {
        out.accept(new ClientMessage.Request(id, request.filters));
      }
    });
  }

  void lost(LinkFailure failure) {
    List<Open> open = new ArrayList<>(requests.values());
    requests.clear();
    open.forEach(each -> {
      each.isClosed = true;
      each.listener.lost(failure);
    });
  }
}
