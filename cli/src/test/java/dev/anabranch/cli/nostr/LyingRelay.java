package dev.anabranch.cli.nostr;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Frame;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.ClientText;
import dev.anabranch.nostr.message.MessageLimits;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.transport.Listen;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportMetrics;
import dev.anabranch.transport.TransportServer;
import dev.anabranch.transport.TransportSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A relay on a real socket that answers every request with the same events, whatever was asked.
final class LyingRelay implements AutoCloseable {

  private final NettyLoops loops = NettyLoops.start(1, 1_000);
  private final TransportServer transport;

  private LyingRelay(List<Event> events) {
    transport =
        TransportServer.start(
            TransportSettings.of(new Listen("127.0.0.1", 0, Optional.empty())),
            loops,
            head -> HttpRoute.answering(HttpAnswer.empty(404)),
            handshake ->
                CompletableFuture.completedFuture(
                    Admission.accept(link -> new Answering(link, events))),
            TransportMetrics.NONE);
  }

  static LyingRelay telling(Event... events) {
    return new LyingRelay(List.of(events));
  }

  String url() {
    return "ws://127.0.0.1:" + transport.addresses().getFirst().getPort() + "/";
  }

  private record Answering(Link link, List<Event> events) implements LinkHandler {

    @Override
    public void text(String message) {
      if (ClientMessage.read(message.getBytes(StandardCharsets.UTF_8), MessageLimits.USUAL)
          instanceof ClientText.Understood(ClientMessage.Request request)) {
        events.forEach(event -> say(new RelayMessage.Delivery(request.subscription(), event)));
        say(new RelayMessage.EndOfStored(request.subscription(), null));
      }
    }

    private void say(RelayMessage message) {
      link.outbox().send(Frame.text(message.json()));
    }

    @Override
    public void binary(byte[] message) {}

    @Override
    public void closed(int code, String reason) {}
  }

  @Override
  public void close() {
    transport.close();
    loops.close();
  }
}
