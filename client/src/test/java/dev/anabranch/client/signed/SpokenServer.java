package dev.anabranch.client.signed;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.LinkSession;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.Signing;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server of signed entities whose every word is the test's, but for the handshake.
final class SpokenServer implements Dialer, AutoCloseable {

  private static final SecretKey KEY = SecretKey.generate(new SplittableRandom(7));
  private static final String CHALLENGE = "c".repeat(64);
  private static final String SESSION = "5".repeat(64);
  private static final String ADDRESS = "ws://localhost:1/sync";

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private volatile String principal;

  SpokenServer(String principal) {
    this.principal = principal;
  }

  /// From the next line on the client's key is this principal's.
  void takeFor(String other) {
    principal = other;
  }

  /// The next line that is open, or will be.
  Line line() throws InterruptedException {
    return Objects.requireNonNull(lines.poll(30, TimeUnit.SECONDS), "the client dials");
  }

  /// Whether another line is open, or will be.
  boolean isDialled() {
    return !lines.isEmpty();
  }

  @Override
  public CompletionStage<Link> dial(Dial dial, LinkSession session) {
    CompletableFuture<Link> open = new CompletableFuture<>();
    loop.execute(() -> {
      Line line = new Line();
      line.handler = session.open(line);
      line.handler.opened();
      lines.add(line);
      open.complete(line);
    });
    return open;
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }

  /// One line; what the client says waits until it is asked for.
  final class Line implements Link, Outbox, LinkLoop {
    private final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
    private LinkHandler handler = new Unopened();
    private long counter;

    /// The next frame of a type that the client says.
    JsonObject heard(String type) throws InterruptedException {
      while (true) {
        JsonObject frame = heard.poll(30, TimeUnit.SECONDS);
        if (Objects.requireNonNull(frame, "the client says " + type)
            .string("type")
            .filter(type::equals)
            .isPresent()) {
          return frame;
        }
      }
    }

    /// Whether the client has said nothing that was not heard.
    boolean isSilent() {
      return heard.isEmpty();
    }

    /// Says a frame of the session.
    void say(JsonObject frame) {
      loop.execute(() ->
          hand(frame.with("timestamp", 1).with("session_id", SESSION).with("counter", ++counter)));
    }

    private void hand(JsonObject frame) {
      String signature = KEY.sign(Signing.digestOfFrame(frame)).hex();
      handler.text(CanonicalJson.text(frame.with(Signing.SIGNATURE, signature)));
    }

    /// The line is lost.
    void cutOff() {
      loop.execute(() -> handler.closed(CloseCode.LOST, ""));
    }

    @Override
    public void send(Frame frame) {
      frame
          .messages()
          .forEach(one -> {
            String text = new String(one.payload(), StandardCharsets.UTF_8);
            JsonObject said = Objects.requireNonNull(SignedCodec.fromServer(text));
            if (said.string("type").filter("connect"::equals).isEmpty()) {
              heard.add(said);
            } else if (said.get("challenge") == null) {
              loop.execute(() ->
                  hand(
                      ServerFrames.challenge(CHALLENGE, ADDRESS, KEY.publicKey())
                          .with("timestamp", 1)));
            } else {
              JsonObject ack = ServerFrames.connectAck(KEY, SESSION, 1, principal, CHALLENGE, null);
              loop.execute(() -> handler.text(CanonicalJson.text(ack)));
            }
          });
    }

    @Override
    public void close(int code, String reason) {
      loop.execute(() -> handler.closed(code, reason));
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void flush() {}

    @Override
    public Peer peer() {
      return new Peer(InetAddress.getLoopbackAddress(), 4711, false);
    }

    @Override
    public LinkLoop loop() {
      return this;
    }

    @Override
    public Outbox outbox() {
      return this;
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return () -> {};
    }
  }

  /// Before the session is made.
  private static final class Unopened implements LinkHandler {
    @Override
    public void opened() {}

    @Override
    public void text(String message) {}

    @Override
    public void binary(byte[] message) {}

    @Override
    public void closed(int code, String reason) {}
  }
}
