package dev.anabranch.nostr.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// With the vectors that NIP-44 itself prints.
class ConversationKeyTest {
  private static final SecretKey ONE = SecretKey.parse("0".repeat(63) + "1");
  private static final SecretKey TWO = SecretKey.parse("0".repeat(63) + "2");
  private static final byte[] NONCE = Hex.bytes("0".repeat(63) + "1");
  private static final String PAYLOAD =
      "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNa"
          + "CXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb";
  private final ConversationKey key = ConversationKey.between(ONE, TWO.publicKey());

  @Test
  void bothSidesHaveTheKeyOfTheVector() {
    assertThat(Hex.of(key.bytes()))
        .isEqualTo("c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d")
        .isEqualTo(Hex.of(ConversationKey.between(TWO, ONE.publicKey()).bytes()));
  }

  @Test
  void encryptsAndDecryptsTheVector() {
    assertThat(key.encrypt("a", NONCE)).isEqualTo(PAYLOAD);
    assertThat(key.decrypt(PAYLOAD)).isEqualTo(new Parsed.Value<>("a"));
  }

  @ParameterizedTest
  @CsvSource({
    "65535,6d8c2810d1e870fbaa1f0a0937126cca837a15f9260e27060c331d70a3c0bc84",
    "65536,b7b4edb36ba92e267d322d56d9aebc22e7fa96ff52e3c12adc07f07a43cbc616",
    "65537,eeb7c7c5373894ea2c1547cfd3ccb15d5a0b2d619da852e5c79df792dcc9e435"
  })
  void longTextsTakeTheLongPrefix(int length, String payloadHash) {
    String payload = key.encrypt("a".repeat(length), NONCE);

    assertThat(Hex.of(Digest.sha256(payload.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(payloadHash);
    assertThat(key.decrypt(payload)).isEqualTo(new Parsed.Value<>("a".repeat(length)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 32, 33, 64, 65, 255, 256, 257, 1_000, 100_000})
  void whatIsEncryptedIsDecryptedByTheOtherSideOnly(int length) {
    Random random = new Random(length);
    String text = "é".repeat(length);
    String payload = key.encrypt(text, random);

    assertThat(ConversationKey.between(TWO, ONE.publicKey()).decrypt(payload))
        .isEqualTo(new Parsed.Value<>(text));
    assertThat(ConversationKey.between(Events.BOB, ONE.publicKey()).decrypt(payload))
        .isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesWhateverWasChanged() {
    for (int index = 0; index < PAYLOAD.length(); index += 3) {
      char other = PAYLOAD.charAt(index) == 'B' ? 'C' : 'B';
      String changed = PAYLOAD.substring(0, index) + other + PAYLOAD.substring(index + 1);

      assertThat(key.decrypt(changed)).isInstanceOf(Parsed.Malformed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#", "AgAA", "%"})
  void refusesWhatIsNoPayload(String text) {
    assertThat(key.decrypt(text)).isInstanceOf(Parsed.Malformed.class);
    assertThat(key.decrypt(text + "%".repeat(132))).isInstanceOf(Parsed.Malformed.class);
    assertThat(key.decrypt("AQ" + PAYLOAD.substring(2))).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void encryptsNeitherNothingNorTooMuch() {
    assertThatThrownBy(() -> key.encrypt("", NONCE)).isInstanceOf(IllegalArgumentException.class);
    String tooLong = "a".repeat(ConversationKey.PLAINTEXT_BYTES_MAX + 1);
    assertThatThrownBy(() -> key.encrypt(tooLong, NONCE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLongestTextComesThroughAndNoLongerPayloadIsDecoded() {
    String longest = "a".repeat(ConversationKey.PLAINTEXT_BYTES_MAX);
    String payload = key.encrypt(longest, NONCE);

    assertThat(key.decrypt(payload).orThrow().equals(longest)).isTrue();
    assertThat(key.decrypt(payload + "AAAA"))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class,
            malformed -> assertThat(malformed.detail()).endsWith(" characters"));
  }

  @Test
  void neverShowsItself() {
    assertThat(key.toString()).doesNotContain(Hex.of(key.bytes()));
  }
}
