package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The events on their way on one line; on the line's loop.
final class OpenPublishes {

  private final Map<EventId, Open> publishes = new LinkedHashMap<>();
  private final LineKeys keys;
  private final int max;
  private final Consumer<ClientMessage> out;

  OpenPublishes(LineKeys keys, int max, Consumer<ClientMessage> out) {
    this.keys = keys;
    this.max = max;
    this.out = out;
  }

  /// One event.
  private static final class Open {
    private final Event event;
    private final List<CompletableFuture<RelayAnswer>> waiting = new ArrayList<>(1);
    private boolean isRepeated;

    private Open(Event event) {
      this.event = event;
    }
  }

  void open(Event event, CompletableFuture<RelayAnswer> answer) {
    Open open = publishes.get(event.id());
    if (open == null && publishes.size() >= max) {
      answer.completeExceptionally(
          LinkFailure.unreachable("more than " + max + " events on their way", null));
    } else if (open == null) {
      open = new Open(event);
      open.waiting.add(answer);
      publishes.put(event.id(), open);
      out.accept(new ClientMessage.Publish(event));
    } else {
      open.waiting.add(answer);
    }
  }

  void answered(Ok ok) {
    Open open = publishes.get(ok.id());
    if (open == null) {
      return;
    }
    RelayAnswer answer = new RelayAnswer(ok.isAccepted(), ok.reason());
    if (answer.wantsAuthentication() && !open.isRepeated && keys.proveAgain()) {
      open.isRepeated = true;
      keys.whenNotAsked(() -> settle(ok.id(), open, answer));
    } else {
      settle(ok.id(), open, answer);
    }
  }

  private void settle(EventId id, Open open, RelayAnswer answer) {
    if (publishes.remove(id, open)) {
      open.waiting.forEach(waiting -> waiting.complete(answer));
    }
  }

  /// Sends again what was refused for want of a key.
  void repeat() {
    publishes
        .values()
        .forEach(open -> {
          if (open.isRepeated) {
            out.accept(new ClientMessage.Publish(open.event));
          }
        });
  }

  void lost(LinkFailure failure) {
    List<Open> open = new ArrayList<>(publishes.values());
    publishes.clear();
    open.forEach(each -> each.waiting.forEach(waiting -> waiting.completeExceptionally(failure)));
  }
}
