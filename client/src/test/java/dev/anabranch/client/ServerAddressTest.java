package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.signed.SignedClientSettings;
import dev.anabranch.nostr.key.SecretKey;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAddressTest {

  private static final SecretKey KEY = SecretKey.generate(new Random(1));

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8080, ws://127.0.0.1:8080/sync",
    "HTTPS://example.org, wss://example.org/sync",
    "https://example.org/, wss://example.org/sync",
    "ws://[::1]:80/deep/sync, ws://[::1]:80/deep/sync",
  })
  void anAddressIsThatOfItsEndpoint(String address, String endpoint) {
    assertThat(ClientSettings.of(address).server()).hasToString(endpoint);
    assertThat(SignedClientSettings.of(address, KEY).server()).hasToString(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "foo",
        "localhost:8123",
        "ftp://x",
        "http:x",
        "http://",
        "http:///sync",
        "http://under_score",
        "http://localhost:65536",
        "http://localhost:0",
        "http://localhost:99999999999",
        "http://ann:secret@localhost",
        "http://localhost/sync?token=x",
        "http://localhost/#x",
        "http://a b",
      })
  void refusesWhatIsNoAddressOfAServer(String address) {
    assertThatThrownBy(() -> ClientSettings.of(address))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SignedClientSettings.of(address, KEY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesARelayWithAPortThatIsNone() {
    assertThatThrownBy(() -> RelayUrl.of("wss://localhost:65536"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RelayUrl.of("wss://localhost:65535").text()).isEqualTo("wss://localhost:65535/");
  }
}
