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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// A relay on a real socket that behaves as a test says.
final class ScriptedRelay implements AutoCloseable {

  private final NettyLoops loops = NettyLoops.start(1, 1_000);
  private final TransportServer transport;
  private final AtomicInteger lines = new AtomicInteger();

  private ScriptedRelay(Consumer<Visitor> opened, BiConsumer<Visitor, ClientMessage> heard) {
    transport =
        TransportServer.start(
            TransportSettings.of(new Listen("127.0.0.1", 0, Optional.empty())),
            loops,
            head -> HttpRoute.answering(HttpAnswer.empty(404)),
            handshake ->
                CompletableFuture.completedFuture(
                    Admission.accept(
                        link -> new Visitor(link, lines.incrementAndGet(), opened, heard))),
            TransportMetrics.NONE);
  }

  /// @param heard told every message of every line, on one thread
  static ScriptedRelay hearing(BiConsumer<Visitor, ClientMessage> heard) {
    return new ScriptedRelay(visitor -> {}, heard);
  }

  /// A relay that speaks first.
  static ScriptedRelay greeting(
      Consumer<Visitor> opened, BiConsumer<Visitor, ClientMessage> heard) {
    return new ScriptedRelay(opened, heard);
  }

  String url() {
    return "ws://127.0.0.1:" + transport.addresses().getFirst().getPort() + "/";
  }

  /// How many lines were opened so far.
  int lines() {
    return lines.get();
  }

  /// One line.
  ///
  /// @param number from 1
  record Visitor(
      Link link, int number, Consumer<Visitor> greeting, BiConsumer<Visitor, ClientMessage> heard)
      implements LinkHandler {

    void say(RelayMessage message) {
      link.outbox().send(Frame.text(message.json()));
      link.outbox().flush();
    }

    void ok(Event event, boolean isAccepted, String reason) {
      say(new RelayMessage.Ok(event.id(), isAccepted, reason));
    }

    void close(int code) {
      link.close(code, "");
    }

    @Override
    public void opened() {
      greeting.accept(this);
    }

    @Override
    public void text(String message) {
      if (ClientMessage.read(message.getBytes(StandardCharsets.UTF_8), MessageLimits.USUAL)
          instanceof ClientText.Understood(ClientMessage understood)) {
        heard.accept(this, understood);
      }
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
