package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bodies come in before anybody knows who sends them, so what is held of them is bounded, and
/// given back whatever becomes of them.
final class BodyRoomTest {
  private static final TransportLimits.Http LIMITS =
      new TransportLimits.Http(8_192, 400, 400, 600, 500, 65_536, 100, 1_000, 600);
  private static final String POST = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n";

  private final BodyRoom room = new BodyRoom(LIMITS);
  private final CountDownLatch handled = new CountDownLatch(1);

  private BodyRoom.Share share(String address) {
    return room.share(InetAddress.ofLiteral(address));
  }

  // --- the room

  @Test
  void anAddressHasAShareAndLeavesTheRestToOthers() {
    BodyRoom.Share first = share("203.0.113.1");
    assertThat(first.take(500)).isTrue();
    assertThat(share("203.0.113.1").take(101)).isFalse();
    assertThat(share("203.0.113.2").take(300)).isTrue();
  }

  @Test
  void aNetworkOfIpv6HasOneShare() {
    assertThat(share("2001:db8::1").take(500)).isTrue();
    assertThat(share("2001:db8::2").take(101)).isFalse();
    assertThat(share("2001:db8:0:1::1").take(101)).isTrue();
  }

  @Test
  void allAddressesTogetherHaveTheRoom() {
    assertThat(share("203.0.113.1").take(500)).isTrue();
    assertThat(share("203.0.113.2").take(500)).isTrue();
    assertThat(share("203.0.113.3").take(1)).isFalse();
  }

  @Test
  void thisMachineMayTakeEverything() {
    assertThat(share("127.0.0.1").take(500)).isTrue();
    assertThat(share("127.0.0.1").take(500)).isTrue();
    assertThat(share("127.0.0.1").take(1)).isFalse();
  }

  @Test
  void theOnlyBodyIsAsLongAsItsRouteAllows() {
    BodyRoom.Share only = share("203.0.113.1");
    assertThat(only.take(900)).isTrue();
    assertThat(only.take(900)).isTrue();
    assertThat(share("203.0.113.2").take(1)).isFalse();
  }

  @Test
  void whatIsGivenBackIsThereForOthersAndOnlyOnce() {
    BodyRoom.Share first = share("203.0.113.1");
    BodyRoom.Share second = share("203.0.113.1");
    assertThat(first.take(400)).isTrue();
    assertThat(second.take(200)).isTrue();
    first.giveBack();
    first.giveBack();
    assertThat(room.held()).isEqualTo(200);
    assertThat(share("203.0.113.1").take(400)).isTrue();
  }

  @Test
  void whatWasRefusedIsGivenBackToo() {
    BodyRoom.Share first = share("203.0.113.1");
    BodyRoom.Share refused = share("203.0.113.1");
    assertThat(first.take(500)).isTrue();
    assertThat(refused.take(500)).isFalse();
    refused.giveBack();
    first.giveBack();
    assertThat(room.held()).isZero();
  }

  // --- requests

  private HttpRoute route(RequestHead head) {
    return switch (head.target().path()) {
      case "/echo" ->
          new HttpRoute(
              800,
              (request, exchange) -> exchange.answer(HttpAnswer.of(200, "a/b", request.body())));
      case "/later" ->
          new HttpRoute(
              800,
              (request, exchange) -> {
                handled.countDown();
                exchange.onClosed(() -> {});
              });
      case "/throw" ->
          new HttpRoute(
              800,
              (request, exchange) -> {
                throw new IllegalStateException("on purpose");
              });
      default -> TestServer.NO_ROUTES.route(head);
    };
  }

  private TestServer server(TransportLimits.Http limits) {
    return TestServer.start(
        TestServer.plain().with(TransportLimits.defaults().with(limits)),
        this::route,
        TestServer.NO_LINKS);
  }

  private static TransportLimits.Http patient() {
    return new TransportLimits.Http(8_192, 20_000, 20_000, 20_000, 20_000, 65_536, 100, 1_000, 600);
  }

  static void awaitHeld(TestServer server, long bytes) {
    await().untilAsserted(() -> assertThat(server.server.bodiesBytes()).isEqualTo(bytes));
  }

  @Test
  void aBodyForWhichThereIsNoRoomIsToComeAgain() throws Exception {
    try (TestServer server = server(patient());
        RawPeer slow = new RawPeer(server.port());
        RawPeer refused = new RawPeer(server.port());
        RawPeer later = new RawPeer(server.port())) {
      slow.send(POST.formatted("/echo", 800) + "a".repeat(700));
      awaitHeld(server, 700);

      assertThat(refused.send(POST.formatted("/echo", 400) + "b".repeat(400)).readAll())
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("\r\nContent-Type: application/problem+json\r\n")
          .containsIgnoringCase("\r\nRetry-After: 1\r\n")
          .contains("\"code\":\"unavailable\"");
      assertThat(server.counts.of("refused 503")).isEqualTo(1);
      awaitHeld(server, 700);

      assertThat(slow.send("a".repeat(100)).readHead()).startsWith("HTTP/1.1 200 ");
      awaitHeld(server, 0);
      assertThat(later.send(POST.formatted("/echo", 400) + "b".repeat(400)).readHead())
          .startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aBodyIsHeldUntilItsRequestIsAnswered() throws Exception {
    try (TestServer server = server(patient())) {
      try (RawPeer peer = new RawPeer(server.port())) {
        peer.send(POST.formatted("/later", 500) + "a".repeat(500));
        assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(server.server.bodiesBytes()).isEqualTo(500);
      }
      awaitHeld(server, 0);
    }
  }

  @Test
  void aBodyThatIsCutOffIsForgotten() throws Exception {
    try (TestServer server = server(patient())) {
      try (RawPeer peer = new RawPeer(server.port())) {
        peer.send(POST.formatted("/echo", 800) + "a".repeat(300));
        awaitHeld(server, 300);
      }
      awaitHeld(server, 0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          # what becomes of it        ! the request                                                          ! status
          it is answered              ! POST /echo HTTP/1.1|Host: a|Content-Length: 3|Connection: close||abc ! 200
          nothing is there            ! POST /none HTTP/1.1|Host: a|Content-Length: 3|Connection: close||abc ! 404
          it does not come in time    ! POST /echo HTTP/1.1|Host: a|Content-Length: 9||abc                   ! 408
          it breaks                   ! POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc|zz|    ! 400
          it grows too long           ! POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc|999|~| ! 413
          its handler fails           ! POST /throw HTTP/1.1|Host: a|Content-Length: 3|Connection: close||abc ! 500
          """)
  void whatBecomesOfABodyItsRoomIsGivenBack(String what, String request, int status)
      throws Exception {
    try (TestServer server = server(LIMITS);
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(request.replace("|", "\r\n").replace("~", "a".repeat(0x999)));
      assertThat(peer.readHead()).startsWith("HTTP/1.1 " + status + " ");
      awaitHeld(server, 0);
    }
  }
}
