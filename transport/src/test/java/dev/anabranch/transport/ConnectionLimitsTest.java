package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.transport.TransportMetrics.Refusal;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ConnectionLimitsTest {
  private static final TransportLimits.Connections LIMITS =
      new TransportLimits.Connections(4, 2, 3, 131_072);

  private final ConnectionCounter counter = new ConnectionCounter(LIMITS);

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void countsEachAddressForItself() {
    assertThat(counter.enter(address("203.0.113.1"))).isEmpty();
    assertThat(counter.enter(address("203.0.113.1"))).isEmpty();
    assertThat(counter.enter(address("203.0.113.1"))).contains(Refusal.ADDRESS);
    assertThat(counter.enter(address("203.0.113.2"))).isEmpty();

    counter.leave(address("203.0.113.1"));
    assertThat(counter.enter(address("203.0.113.1"))).isEmpty();
  }

  @Test
  void countsANetworkOfIpv6AsOneAddress() {
    assertThat(counter.enter(address("2001:db8::1"))).isEmpty();
    assertThat(counter.enter(address("2001:db8::2"))).isEmpty();
    assertThat(counter.enter(address("2001:db8::3"))).contains(Refusal.ADDRESS);
    assertThat(counter.enter(address("2001:db8:0:1::1"))).isEmpty();
  }

  @Test
  void letsThisMachineHaveMoreButNotMoreThanAll() {
    for (int i = 0; i < 3; i++) {
      assertThat(counter.enter(address("127.0.0.1"))).isEmpty();
    }
    assertThat(counter.enter(address("127.0.0.1"))).contains(Refusal.ADDRESS);
    assertThat(counter.enter(address("203.0.113.1"))).isEmpty();
    assertThat(counter.enter(address("203.0.113.2"))).contains(Refusal.TOTAL);
    assertThat(counter.open()).isEqualTo(4);
  }

  @Test
  void knowsWhenTheLastHasLeft() throws Exception {
    counter.enter(address("203.0.113.1"));
    assertThat(counter.awaitNone(Duration.ofMillis(1))).isFalse();
    Thread.startVirtualThread(() -> counter.leave(address("203.0.113.1")));
    assertThat(counter.awaitNone(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void answersTheConnectionThatIsOneTooMany() throws Exception {
    TransportSettings settings = TestServer.plain().with(TransportLimits.defaults().with(LIMITS));
    try (TestServer server = TestServer.start(settings, TestServer.NO_ROUTES, TestServer.NO_LINKS);
        RawPeer one = new RawPeer(server.port());
        RawPeer two = new RawPeer(server.port());
        RawPeer three = new RawPeer(server.port())) {
      for (RawPeer each : new RawPeer[] {one, two, three}) {
        each.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      }
      try (RawPeer four = new RawPeer(server.port())) {
        assertThat(four.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readAll())
            .startsWith("HTTP/1.1 429 ")
            .contains("\r\nContent-Type: application/problem+json\r\n")
            .contains("\r\nRetry-After: 1\r\n")
            .contains("\"code\":\"rate_limited\"");
      }
      assertThat(server.counts.of("refused ADDRESS")).isEqualTo(1);
      assertThat(server.server.connections()).isEqualTo(3);
    }
  }
}
