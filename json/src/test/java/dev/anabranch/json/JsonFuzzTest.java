package dev.anabranch.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes come in are refused with a sentence, or taken for a value that is written and
/// read again. `./fuzz` looks for others.
class JsonFuzzTest {

  private static final JsonDecoder DECODER = new JsonDecoder(new JsonLimits(1 << 16, 32, 1_000));

  @MethodSource("texts")
  @FuzzTest
  void json(byte[] bytes) {
    switch (DECODER.decode(bytes)) {
      case Decoded.Value value -> assertThat(DECODER.decode(value.json().text())).isEqualTo(value);
      case Decoded.Malformed(String detail) -> assertThat(detail).isNotBlank();
    }
  }

  static Stream<byte[]> texts() {
    return Stream.of(
            "{\"a\":[1,-0.5e-10,true,null,\"\\ud83d\\ude00ü\"],\"b\":{\"c\":\"\\u0001\"}}",
            "[[[[12345678901234567890]]]]",
            "{\"a\":1,\"a\":2}",
            "\"\\ud800\"",
            "1e400",
            "[1,2",
            "")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }
}
