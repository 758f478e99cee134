package dev.anabranch.crdt.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class Blake3Test {
  @Test
  void hashesTheOfficialVectors() throws IOException {
    List<String> vectors = vectors();

    assertThat(vectors).hasSizeGreaterThan(10);
    for (String vector : vectors) {
      String[] words = vector.split(" ");
      byte[] hash = Blake3.hash(input(Integer.parseInt(words[0])));
      assertThat(HexFormat.of().formatHex(hash)).as(words[0] + " bytes").isEqualTo(words[1]);
    }
  }

  private static List<String> vectors() throws IOException {
    try (InputStream in = Blake3Test.class.getResourceAsStream("blake3.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static byte[] input(int length) {
    byte[] input = new byte[length];
    for (int i = 0; i < length; i++) {
      input[i] = (byte) (i % 251);
    }
    return input;
  }
}
