package dev.anabranch.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonDecoderTest {

  private final JsonDecoder decoder = new JsonDecoder(new JsonLimits(1000, 5, 50));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "-0.5e-10",
        "0e-99999",
        "5e-324",
        "12345678901234567890",
        "\"\"",
        "\"ü😀\\n\\u0001\"",
        "[1,[2,[3]],{\"a\":{}}]",
        "{\"b\":1,\"a\":[null]}"
      })
  void givesBackWhatItRead(String text) {
    assertThat(value(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "1 2",
        "nul",
        "NaN",
        "01",
        "+1",
        "'a'",
        "{a:1}",
        "[1] // comment",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u0000\"",
        "1e400",
        "-0.1e-20000",
        "123456789012345678901234567890123",
        "[[[[[[1]]]]]]"
      })
  void refusesWhatIsNotStrictJson(String text) {
    assertThat(decoder.decode(text)).isInstanceOf(Decoded.Malformed.class);
    assertThat(decoder.decode(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    assertThat(decoder.decode(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}))
        .isEqualTo(new Decoded.Malformed("the text is not UTF-8"));
  }

  @Test
  void refusesMoreBytesOrValuesThanTheLimit() {
    assertThat(decoder.decode("\"" + "a".repeat(1000) + "\""))
        .isInstanceOf(Decoded.Malformed.class);
    assertThat(decoder.decode("[" + "1,".repeat(50) + "1]")).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void saysWhere() {
    assertThat(decoder.decode("{\n \"a\": tru }"))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, bad -> assertThat(bad.detail()).contains("line 2"));
  }

  private Json value(String text) {
    assertThat(decoder.decode(text)).isInstanceOf(Decoded.Value.class);
    return ((Decoded.Value) decoder.decode(text.getBytes(StandardCharsets.UTF_8))).json();
  }

  @Test
  void saysWhatIsWrongWithoutWordsOfTheParserAboutItself() {
    assertThat(decoder.decode("{\"a\":1"))
        .isEqualTo(
            new Decoded.Malformed(
                "the text is not JSON: Unexpected end-of-input: expected close marker for Object"
                    + " (line 1, column 7)"));
  }
}
