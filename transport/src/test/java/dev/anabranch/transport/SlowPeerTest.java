package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Peers that read slowly, never, or not in time.
final class SlowPeerTest {
  private static final int MESSAGES = 20_000;
  private static final int MESSAGE_BYTES = 1_000;

  private final BlockingQueue<Counting> opened = new LinkedBlockingQueue<>();
  private TestServer server;

  /// Sends numbered messages for as long as there is room, and goes on when there is again.
  private final class Counting extends Recorder {
    private int sent;

    Counting(Link link) {
      super(link);
      opened.add(this);
    }

    @Override
    public void text(String message) {
      super.text(message);
      switch (message) {
        case "count" -> count();
        case "flood" -> flood();
        case "large" -> large();
        default -> link.outbox().send(Frame.text(message));
      }
    }

    @Override
    public void writable() {
      super.writable();
      count();
    }

    private void count() {
      while (sent < MESSAGES && link.outbox().writable()) {
        link.outbox().send(Frame.text(message(sent++)));
        if (sent % 64 == 0) {
          link.outbox().flush();
        }
      }
      link.outbox().flush();
    }

    private void large() {
      link.outbox().send(Frame.binary(new byte[8_000_000]));
      for (int i = 0; i < 100; i++) {
        link.outbox().send(Frame.text(message(i)));
      }
    }

    private void flood() {
      for (int i = 0; i < MESSAGES; i++) {
        link.outbox().send(Frame.text(message(i)));
      }
    }
  }

  private static String message(int number) {
    String text = Integer.toString(number);
    return text + " ".repeat(MESSAGE_BYTES - text.length());
  }

  @BeforeEach
  void start() {
    TransportLimits.Links links =
        new TransportLimits.Links(65_536, 100, 131_072, 400, 2_500, 300, true);
    server =
        TestServer.start(
            TestServer.plain().with(TransportLimits.defaults().with(links)),
            TestServer.NO_ROUTES,
            handshake ->
                CompletableFuture.completedFuture(
                    Admission.accept(link -> (LinkHandler) new Counting(link))));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawPeer narrow() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(8_192);
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
    return new RawPeer(socket).upgrade("/");
  }

  private Counting session() throws Exception {
    return Objects.requireNonNull(opened.poll(10, TimeUnit.SECONDS), "no session came");
  }

  @Test
  void pausesAndCatchesUpWithoutAHole() throws Exception {
    try (RawPeer peer = narrow()) {
      peer.text("count");
      Counting session = session();
      while (server.counts.of("paused") == 0) {
        Thread.sleep(5);
      }
      assertThat(session.sent).isLessThan(2_000);

      for (int i = 0; i < MESSAGES; ) {
        RawPeer.Arrived arrived = peer.readFrame();
        if (arrived.opcode() == 1) {
          assertThat(arrived.text()).isEqualTo(message(i++));
        }
      }
      assertThat(server.counts.of("resumed")).isPositive();
      peer.text("still here");
      RawPeer.Arrived last = peer.readFrame();
      while (last.opcode() != 1) {
        last = peer.readFrame();
      }
      assertThat(last.text()).isEqualTo("still here");
    }
  }

  @Test
  void countsWhatWaitsForPeersThatDoNotReadUntilTheyDoOrAreGone() throws Exception {
    try (RawPeer slow = narrow();
        RawPeer gone = narrow()) {
      slow.text("count");
      session();
      while (server.counts.of("pending") < 32_768) {
        Thread.sleep(5);
      }
      long one = server.counts.of("pending");
      gone.text("count");
      session();
      while (server.counts.of("paused") < 2 || server.counts.of("pending") < one + 32_768) {
        Thread.sleep(5);
      }
      gone.socket().close();
      for (int i = 0; i < MESSAGES; ) {
        i += slow.readFrame().opcode() == 1 ? 1 : 0;
      }
      while (server.counts.of("pending") != 0) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void closesALinkThatNeverReads() throws Exception {
    try (RawPeer peer = narrow()) {
      peer.text("count");
      Counting session = session();

      assertThat(session.end()).startsWith("closed 1001");
      assertThat(session.sent).isLessThan(2_000);
    }
  }

  @Test
  void cutsOffASessionThatSendsRegardless() throws Exception {
    try (RawPeer peer = narrow()) {
      peer.text("flood");

      assertThat(session().end()).startsWith("closed 1013");
      assertThat(server.counts.of("overflowed")).isEqualTo(1);
      assertThat(server.counts.of("sent bytes")).isLessThan(4 * 131_072 + 300_000);
    }
  }

  @Test
  void sendsAFewMoreBehindALargeFrame() throws Exception {
    try (RawPeer peer = narrow()) {
      peer.text("large");

      assertThat(peer.readFrame().payload()).hasSize(8_000_000);
      for (int i = 0; i < 100; i++) {
        assertThat(peer.readFrame().text()).isEqualTo(message(i));
      }
    }
  }

  @Test
  void doesNotAnswerAPeerThatAsksWithoutReading() throws Exception {
    try (RawPeer peer = narrow()) {
      peer.socket().setSoTimeout(300);
      byte[] ping = RawPeer.masked(0x89, new byte[125]);
      Thread flooding =
          Thread.startVirtualThread(() -> {
            try {
              for (int i = 0; i < 200_000; i++) {
                peer.send(ping);
              }
            } catch (java.io.IOException e) {
              // The server hung up, as it should.
              return;
            }
          });
      assertThat(session().end()).startsWith("closed 1001");
      assertThat(server.counts.of("overflowed")).isZero();
      flooding.join();
    }
  }

  @Test
  void pingsASilentPeerAndKeepsItWhileItAnswers() throws Exception {
    try (RawPeer peer = new RawPeer(server.port()).upgrade("/")) {
      for (int i = 0; i < 7; i++) {
        assertThat(peer.readFrame().opcode()).isEqualTo(9);
        peer.frame(0x8a, new byte[0]);
      }
      assertThat(peer.text("a").readFrame().text()).isEqualTo("a");
    }
  }

  @Test
  void closesASilentPeerThatDoesNotAnswer() throws Exception {
    try (RawPeer peer = new RawPeer(server.port()).upgrade("/")) {
      RawPeer.Arrived last = peer.readFrame();
      while (last.opcode() == 9) {
        last = peer.readFrame();
      }
      assertThat(last.closeCode()).isEqualTo(1001);
      assertThat(peer.ended()).isTrue();
      assertThat(server.counts.of("missed IDLE")).isEqualTo(1);
      assertThat(server.counts.of("missed CLOSE")).isEqualTo(1);
    }
  }
}
