package dev.anabranch.nostr.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Vectors;
import dev.anabranch.nostr.text.Hex;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// BIP-340's own vectors, those whose message has the 32 bytes that Nostr signs.
class Bip340VectorsTest {

  /// One line of the file.
  record Vector(
      String secret,
      String publicKey,
      String auxiliary,
      String message,
      String signature,
      boolean isGood) {

    private static Vector of(String line) {
      String[] cells = line.toLowerCase(Locale.ROOT).split(",", -1);
      return new Vector(cells[1], cells[2], cells[3], cells[4], cells[5], cells[6].equals("true"));
    }
  }

  static List<Vector> all() {
    return Vectors.lines("bip340.csv").stream()
        .skip(1)
        .map(Vector::of)
        .filter(vector -> vector.message().length() == 64)
        .toList();
  }

  static Stream<Vector> signing() {
    return all().stream().filter(vector -> !vector.secret().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("all")
  void everySignatureIsJudgedAsTheVectorSays(Vector vector) {
    Signature signature = Signature.parse(vector.signature());
    PublicKey key = PublicKey.parse(vector.publicKey());

    assertThat(signature.isBy(key, Hex.bytes(vector.message()))).isEqualTo(vector.isGood());
  }

  @ParameterizedTest
  @MethodSource("signing")
  void everySecretKeySignsByteForByte(Vector vector) {
    SecretKey secret = SecretKey.parse(vector.secret());

    assertThat(secret.publicKey()).hasToString(vector.publicKey());
    assertThat(secret.sign(Hex.bytes(vector.message()), Hex.bytes(vector.auxiliary())))
        .hasToString(vector.signature());
  }
}
