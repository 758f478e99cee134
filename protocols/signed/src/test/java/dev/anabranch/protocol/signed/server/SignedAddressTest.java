package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Peer;
import dev.anabranch.link.Target;
import dev.anabranch.nostr.key.SecretKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nobody in between gets a challenge that names itself.
class SignedAddressTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private static Optional<String> of(SignedAddress address, String host, boolean secure) {
    return address.of(
        new Handshake(
            new Peer(InetAddress.getLoopbackAddress(), 4711, secure),
            Target.parse("/sync?x"),
            Headers.of("Host", host),
            List.of()));
  }

  private static SignedAddress told(String url, String relay) {
    return new SignedAddress(url, relay, name -> name.equals("localhost") || name.equals("[::1]"));
  }

  @Test
  void whatTheOperatorSaysCountsWhateverHostSays() {
    SignedAddress address = told("wss://sync.example/deep/sync", "wss://relay.example/");
    assertThat(of(address, "evil.example", false)).contains("wss://sync.example/deep/sync");
  }

  @Test
  void elseTheHostOfTheRelaysAddressCountsWhateverHostSays() {
    assertThat(of(told("", "wss://relay.example/"), "evil.example", false))
        .contains("wss://relay.example/sync");
    assertThat(of(told("", "ws://relay.example:7447"), "localhost", true))
        .contains("ws://relay.example:7447/sync");
  }

  @Test
  void elseHostCountsAsANameOfTheOwnMachine() {
    assertThat(of(told("", ""), "localhost:7447", false)).contains("ws://localhost:7447/sync");
    assertThat(of(told("", ""), "[::1]:7447", true)).contains("wss://[::1]:7447/sync");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:7447",
        "localhost.evil.example",
        "localhost:80@evil.example",
        "localhost:1/@evil.example",
        "localhost:123456",
        "localhost, evil.example",
        ""
      })
  void anyOtherHostIsNone(String host) {
    assertThat(of(told("", ""), host, true)).isEmpty();
  }

  @Test
  void whoDialsAnUnknownNameIsToldWhatToSetInPlaceOfAChallenge() {
    TestLink link = new TestLink(House.plain().gateway(), "evil.example");
    link.say(new Client(link, ANN).introduction().text());
    JsonObject error = Client.json(link.read().getFirst());
    assertThat(error.string("code")).contains("unknown_address");
    assertThat(error.string("detail").orElseThrow())
        .contains("evil.example", "[signed] url", "[nostr] url");
    assertThat(link.closed()).isEqualTo(4401);
  }
}
