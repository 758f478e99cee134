package dev.anabranch.nostr.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretKeyTest {
  private static final String ORDER =
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  private final SecretKey key = SecretKey.generate(new Random(1));

  @Test
  void neverShowsItselfAsText() {
    String secret = Hex.of(key.secretBytes());

    assertThat(key.toString()).doesNotContain(secret).contains(key.publicKey().hex());
  }

  @Test
  void refusesZeroAndTheOrderOfTheCurveWithoutRepeatingThem() {
    assertThatThrownBy(() -> SecretKey.parse("0".repeat(64))).isInstanceOf(MalformedText.class);
    assertThatThrownBy(() -> SecretKey.parse(ORDER))
        .isInstanceOf(MalformedText.class)
        .message()
        .doesNotContain(ORDER);
    assertThatThrownBy(() -> SecretKey.parse("not hex")).message().doesNotContain("not hex");
  }

  @Test
  void bothSidesShareOnePoint() {
    SecretKey other = SecretKey.generate(new Random(2));

    assertThat(key.sharedPointWith(other.publicKey()))
        .isEqualTo(other.sharedPointWith(key.publicKey()))
        .hasSize(32);
  }

  @Test
  void sharesNothingWithAKeyThatIsNoPoint() {
    assertThatThrownBy(() -> key.sharedPointWith(new PublicKey("f".repeat(64))))
        .isInstanceOf(MalformedText.class);
  }

  @Test
  void copiesTheBytesItIsGivenAndGives() {
    byte[] bytes = key.secretBytes();
    SecretKey copy = SecretKey.of(bytes);
    bytes[0]++;

    assertThat(copy).isEqualTo(key);
    assertThat(key.secretBytes()).isNotEqualTo(bytes);
  }
}
