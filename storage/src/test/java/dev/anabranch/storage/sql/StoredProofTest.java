package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a proof is, it comes back as it was.
final class StoredProofTest {

  private static final String EVENT =
      "{\"id\":\"%s\",\"pubkey\":\"%s\",\"created_at\":1796000000,\"kind\":1,\"tags\":[[\"p\",\"%s\"]],"
              .formatted("0a".repeat(32), "1b".repeat(32), "2c".repeat(32))
          + "\"content\":\"a word\",\"sig\":\"%s\"}".formatted("3d".repeat(64));

  @Test
  void digitsTakeHalfTheirBytesAndNamesOfFieldsOne() {
    assertThat(packed(EVENT)).hasSizeLessThan(EVENT.length() - 160 - 50);
    assertThat(back(packed(EVENT))).isEqualTo(bytes(EVENT));
  }

  @Test
  void theNameOfItsRowTakesOneByteWhereverItStands() {
    String name = "0a".repeat(32);
    byte[] packed = StoredProof.pack(bytes(EVENT), name);
    assertThat(packed).hasSize(packed(EVENT).length - 33);
    assertThat(StoredProof.unpack(packed, name, () -> "a row")).isEqualTo(bytes(EVENT));
    assertThat(back(packed)).as("without the name").isNotEqualTo(bytes(EVENT));
  }

  @Property
  void anyNameThatTheRowHasComesBack(@ForAll("mixtures") byte[] proof, @ForAll boolean isThere) {
    String name = "0123456789abcdef".repeat(4);
    byte[] named = isThere ? (name + "\"" + name + "0").getBytes(StandardCharsets.UTF_8) : proof;
    byte[] packed = StoredProof.pack(Bytes.of(named), name);
    assertThat(StoredProof.unpack(packed, name, () -> "a row")).isEqualTo(Bytes.of(named));
  }

  @Test
  void aProofOfAnEarlierVersionIsReadAsItStands() {
    assertThat(back(EVENT.getBytes(StandardCharsets.UTF_8))).isEqualTo(bytes(EVENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "0123456", "0123ABCDEF0123ABCDEF", "\u0000\u0001\u0002"})
  void aProofThatWouldNotBeSmallerStandsAsItIs(String proof) {
    assertThat(packed(proof)).isEqualTo(proof.getBytes(StandardCharsets.UTF_8));
    assertThat(back(packed(proof))).isEqualTo(bytes(proof));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 17, 254, 255, 256, 257, 40_001})
  void runsOfAnyLengthComeBack(int digits) {
    String run = "0123456789abcdef".repeat(digits / 16 + 1).substring(0, digits);
    for (String proof : List.of(run, "x" + run, run + "x", run + "-" + run)) {
      assertThat(back(packed(proof))).isEqualTo(bytes(proof));
      assertThat(packed(proof).length).isLessThanOrEqualTo(proof.length());
    }
  }

  @Property
  void anyBytesComeBack(@ForAll byte[] proof) {
    assertThat(back(StoredProof.pack(Bytes.of(proof), ""))).isEqualTo(Bytes.of(proof));
  }

  @Property
  void anythingBetweenRunsOfDigitsComesBack(@ForAll("mixtures") byte[] proof) {
    byte[] packed = StoredProof.pack(Bytes.of(proof), "");
    assertThat(back(packed)).isEqualTo(Bytes.of(proof));
    assertThat(packed.length).isLessThanOrEqualTo(2 * proof.length + 6);
    assertThat(back(StoredProof.pack(Bytes.of(packed), ""))).isEqualTo(Bytes.of(packed));
  }

  @Provide
  Arbitrary<byte[]> mixtures() {
    Arbitrary<byte[]> digits =
        Arbitraries.strings()
            .withChars("0123456789abcdef")
            .ofMaxLength(300)
            .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    Arbitrary<byte[]> others = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    Arbitrary<byte[]> phrases =
        Arbitraries.of("\"id\":\"", "\",\"", "\"],[\"", "\"tags\":[[", "\u0001", "\",\"rep", "\"")
            .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    Arbitrary<byte[]> marks =
        Arbitraries.of(new byte[] {-1}, new byte[] {-1, 0}, new byte[] {-1, 3});
    return Arbitraries.oneOf(digits, others, phrases, marks)
        .list()
        .ofMaxSize(6)
        .map(parts -> {
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          parts.forEach(all::writeBytes);
          return all.toByteArray();
        });
  }

  @Property
  void damageThrowsNothing(@ForAll byte[] behindTheMark) {
    byte[] stored = new byte[behindTheMark.length + 1];
    stored[0] = (byte) 0xff;
    System.arraycopy(behindTheMark, 0, stored, 1, behindTheMark.length);
    assertThat(back(stored)).isNotNull();
  }

  @Test
  void aDamagedOneIsEmptyAndItsRowIsNamed() {
    byte[] stored = StoredProof.pack(bytes(EVENT), "");
    stored[1]++;
    List<String> named = new ArrayList<>();
    Bytes lost =
        StoredProof.unpack(
            stored,
            "",
            () -> {
              named.add("the change 7");
              return named.getLast();
            });
    assertThat(lost.size()).isZero();
    assertThat(named).containsExactly("the change 7");
  }

  private static byte[] packed(String proof) {
    return StoredProof.pack(bytes(proof), "");
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Bytes back(byte[] stored) {
    return StoredProof.unpack(stored, "", () -> "a row");
  }
}
