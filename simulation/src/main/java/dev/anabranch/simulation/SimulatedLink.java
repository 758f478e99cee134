package dev.anabranch.simulation;

import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.link.PlainFrame;
import dev.anabranch.link.Target;
import dev.anabranch.protocol.scope.server.ScopeGateway;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A WebSocket between a device and the gateway: two channels, an outbox with a bound, and an end
/// that each side learns in its own time.
final class SimulatedLink implements Link, Outbox {

  static final int HIGH_WATER_BYTES = 4_000;
  private static final long NOTICED_MILLIS_MAX = 2_000;
  private static final Peer PEER = new Peer(InetAddress.getLoopbackAddress(), 1, false);

  /// The device's end.
  interface Client {
    void opened(SimulatedLink link);

    void unreachable(SimulatedLink link);

    void text(SimulatedLink link, String message);

    void closed(SimulatedLink link, int code, String reason);
  }

  private final World world;
  private final Client client;
  private final Channel toServer;
  private final Channel toClient;
  private @Nullable SimulatedThread loop;
  private @Nullable LinkHandler handler;
  private int unreadBytes;
  private boolean full;
  private boolean serverClosed;
  private boolean clientClosed;

  SimulatedLink(World world, Client client) {
    this.world = world;
    this.client = client;
    this.toServer = new Channel(world);
    this.toClient = new Channel(world);
  }

  // The device's end.

  /// Asks the server for a link.
  void dial(String token, String device) {
    toServer.send(() -> {
      SimulatedServer.Process process = world.server.process();
      if (process == null) {
        toClient.send(() -> client.unreachable(this));
        return;
      }
      accept(process, token, device);
    });
  }

  void sendText(String message) {
    toServer.send(() ->
        onLoop(() -> {
          if (!serverClosed) {
            handler().text(message);
          }
        }));
  }

  /// The device hangs up.
  void hangUp(int code, String reason) {
    clientClosed = true;
    toServer.send(() -> onLoop(() -> end(code, reason)));
    toClient.cut();
  }

  /// The network breaks: both ends learn it later, each at its own time.
  void cut() {
    toServer.cut();
    toClient.cut();
    noticedByClient();
    world.scheduler.afterMillis(
        world.random.nextLong(NOTICED_MILLIS_MAX), () -> onLoop(() -> end(CloseCode.LOST, "")));
  }

  private void noticedByClient() {
    world.scheduler.afterMillis(
        world.random.nextLong(NOTICED_MILLIS_MAX),
        () -> {
          if (!clientClosed) {
            clientClosed = true;
            client.closed(this, CloseCode.LOST, "");
          }
        });
  }

  // The server's end.

  private void accept(SimulatedServer.Process process, String token, String device) {
    SimulatedThread lane = process.lanes.get(world.random.nextInt(process.lanes.size()));
    loop = lane;
    process.whenDead(() -> {
      toClient.cut();
      noticedByClient();
    });
    Headers headers =
        Headers.of("Authorization", "Bearer " + token, ScopeGateway.DEVICE_HEADER, device);
    Handshake handshake =
        new Handshake(PEER, new Target("/sync", List.of("sync"), Map.of()), headers, List.of());
    lane.execute(() -> {
      handler = process.gateway.open(this, handshake);
      handler.opened();
      toClient.send(() -> client.opened(this));
    });
  }

  private LinkHandler handler() {
    return Objects.requireNonNull(handler, "the link is not open");
  }

  private void onLoop(Runnable task) {
    if (loop != null) {
      loop.execute(task);
    }
  }

  private void end(int code, String reason) {
    if (!serverClosed && handler != null) {
      serverClosed = true;
      handler.closed(code, reason);
    }
  }

  @Override
  public Peer peer() {
    return PEER;
  }

  @Override
  public LinkLoop loop() {
    return Objects.requireNonNull(loop);
  }

  @Override
  public Outbox outbox() {
    return this;
  }

  @Override
  public void close(int code, String reason) {
    onLoop(() -> {
      end(code, reason);
      toClient.send(() -> {
        if (!clientClosed) {
          clientClosed = true;
          client.closed(this, code, reason);
        }
      });
    });
  }

  @Override
  public boolean writable() {
    full = full || unreadBytes >= HIGH_WATER_BYTES;
    if (full) {
      world.happened("outbox full");
    }
    return !full;
  }

  @Override
  public void send(Frame frame) {
    if (!loop().inLoop()) {
      throw new IllegalStateException("an outbox is used on its loop only");
    }
    if (!serverClosed) {
      frame.messages().forEach(this::send);
    }
  }

  private void send(PlainFrame message) {
    int bytes = message.payload().length;
    String text = new String(message.payload(), StandardCharsets.UTF_8);
    unreadBytes += bytes;
    world.bounds.fillsAnOutbox(unreadBytes);
    toClient.send(() -> {
      client.text(this, text);
      world.scheduler.after(world.latencyNanos(), () -> onLoop(() -> read(bytes)));
    });
  }

  private void read(int bytes) {
    unreadBytes -= bytes;
    if (full && unreadBytes <= HIGH_WATER_BYTES / 4) {
      full = false;
      if (!serverClosed) {
        handler().writable();
      }
    }
  }

  @Override
  public void flush() {}
}
