package dev.anabranch.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Headers;
import dev.anabranch.link.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackPolicyTest {

  private final LoopbackPolicy policy = new LoopbackPolicy(List.of("https://app.example"));

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, localhost:8080, , true",
    "127.0.0.1, 127.0.0.1, , true",
    "127.0.0.1, 127.1.2.3:1, , true",
    "::1, [::1]:8080, , true",
    "127.0.0.1, my.localhost:8080, , true",
    "127.0.0.1, LOCALHOST, , true",
    "127.0.0.1, localhost, http://localhost:5173, true",
    "127.0.0.1, localhost, http://127.0.0.1, true",
    "127.0.0.1, localhost, http://[::1]:3000, true",
    "127.0.0.1, localhost, https://app.example, true",
    "127.0.0.1, localhost, https://evil.example, false",
    "127.0.0.1, localhost, https://app.example.evil, false",
    "127.0.0.1, localhost, http://localhost.evil.example, false",
    "127.0.0.1, localhost, null, false",
    "127.0.0.1, localhost, http://[, false",
    "127.0.0.1, rebound.example:8080, , false",
    "127.0.0.1, localhost.evil.example, , false",
    "127.0.0.1, 10.0.0.1, , false",
    "127.0.0.1, , , false",
    "203.0.113.7, localhost, , false",
  })
  void onlyThisMachineUnderItsOwnNameAndFromItsOwnPagesComesIn(
      String address, String host, String origin, boolean welcome) throws UnknownHostException {
    List<String> fields = new ArrayList<>();
    if (host != null) {
      fields.addAll(List.of("Host", host));
    }
    if (origin != null) {
      fields.addAll(List.of("Origin", origin));
    }
    Peer peer = new Peer(InetAddress.getByName(address), 40_000, false);
    assertThat(policy.objection(peer, Headers.of(fields)).isEmpty()).isEqualTo(welcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "localhost"})
  void theLoopbackIsKnownAsSuch(String host) {
    assertThat(LoopbackPolicy.bindsLoopback(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "203.0.113.7"})
  void everythingElseIsPublic(String host) {
    assertThat(LoopbackPolicy.bindsLoopback(host)).isFalse();
  }
}
