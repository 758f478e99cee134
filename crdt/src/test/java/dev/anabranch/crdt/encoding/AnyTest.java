package dev.anabranch.crdt.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnyTest {
  @ParameterizedTest
  @CsvSource({
    "5, 7d05",
    "-0.0, 7d40",
    "64, 7d8001",
    "2147483647, 7dbfffffff0f",
    "2147483648, 7c4f000000",
    "0.5, 7c3f000000",
    "0.1, 7b3fb999999999999a",
    "NaN, 7b7ff8000000000000",
    "Infinity, 7c7f800000"
  })
  void writesNumbersInTheShortestFormThatKeepsThem(double number, String hex) {
    ByteWriter out = new ByteWriter();
    AnyBytes.write(out, Any.of(number));

    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(hex);
    assertThat(AnyBytes.read(new ByteReader(out.toBytes()))).isEqualTo(Any.of(number));
  }

  @ParameterizedTest
  @CsvSource({
    "1e21, 1e+21",
    "1e20, 100000000000000000000",
    "123456789.125, 123456789.125",
    "1e-7, 1e-7",
    "0.000001, 0.000001",
    "1.5e-9, 1.5e-9",
    "-0.0, 0",
    "9007199254740993, 9007199254740992"
  })
  void printsNumbersAsJavaScriptDoes(double number, String text) {
    assertThat(JavaScriptNumbers.toText(number)).isEqualTo(text);
  }

  @Test
  void iteratesOverKeysThatLookLikeIndexesFirst() {
    Map<String, Any> entries = new LinkedHashMap<>();
    entries.put("b", Any.NULL);
    entries.put("2", Any.NULL);
    entries.put("01", Any.NULL);
    entries.put("1", Any.NULL);

    assertThat(JavaScriptJson.stringify(new Any.Object(entries)))
        .isEqualTo("{\"1\":null,\"2\":null,\"b\":null,\"01\":null}");
  }

  @Test
  void halfASurrogatePairIsEscapedInJsonAndReplacedInBytes() {
    assertThat(JavaScriptJson.stringify(Any.of("a\ud83d"))).isEqualTo("\"a\\ud83d\"");

    ByteWriter out = new ByteWriter();
    out.writeString("\ud83d");
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo("03efbfbd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "01", "1.", "[1,]", "\"\t\"", "nul", "{\"a\" 1}", "1 2", "\"\\x\""})
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> JavaScriptJson.parse(text)).isInstanceOf(MalformedUpdate.class);
  }

  @Test
  void refusesValuesThatNestTooDeep() {
    assertThatThrownBy(() -> JavaScriptJson.parse("[".repeat(100_000)))
        .isInstanceOf(MalformedUpdate.class)
        .hasMessageContaining("nests deeper");
  }

  @Test
  void marksAreEqualOneLevelDeepOnly() {
    Any flat = new Any.Object(Map.of("href", Any.of("a")));
    Any deep = new Any.Object(Map.of("b", new Any.Object(Map.of("c", Any.of(1)))));

    assertThat(Any.areEqualMarks(flat, new Any.Object(Map.of("href", Any.of("a"))))).isTrue();
    assertThat(
            Any.areEqualMarks(
                deep, new Any.Object(Map.of("b", new Any.Object(Map.of("c", Any.of(1)))))))
        .isFalse();
    assertThat(Any.areEqualMarks(deep, deep)).isTrue();
  }
}
