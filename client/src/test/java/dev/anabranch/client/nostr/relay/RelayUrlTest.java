package dev.anabranch.client.nostr.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayUrlTest {

  @ParameterizedTest
  @CsvSource({
    "wss://relay.example, wss://relay.example/, https://relay.example/",
    "relay.example, wss://relay.example/, https://relay.example/",
    "http://127.0.0.1:8080, ws://127.0.0.1:8080/, http://127.0.0.1:8080/",
    "HTTPS://relay.example/in?x=1, wss://relay.example/in?x=1, https://relay.example/in?x=1",
    "ws://[::1]:7777/, ws://[::1]:7777/, http://[::1]:7777/",
  })
  void anAddressHasOneSpellingAndOneOverHttp(String given, String socket, String http) {
    RelayUrl relay = RelayUrl.of(given);
    assertThat(relay.text()).isEqualTo(socket);
    assertThat(relay.http()).hasToString(http);
    assertThat(RelayUrl.of(socket)).isEqualTo(relay);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://relay.example", "wss://", "ws:/x", "wss://a/#b", "a b", ""})
  void whatIsNoAddressIsSaidToBeNone(String text) {
    assertThatThrownBy(() -> RelayUrl.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void settingsDoNotShowTheirKeys() {
    assertThat(LineSettings.USUAL.toString()).isEqualTo("LineSettings[keys=[]]");
  }
}
