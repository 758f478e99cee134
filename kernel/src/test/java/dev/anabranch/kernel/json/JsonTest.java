package dev.anabranch.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The value itself; reading text is the decoder's work.
final class JsonTest {

  @Test
  void textKeepsTheOrderOfTheFieldsAndTheSpellingOfNumbers() {
    JsonObject object =
        JsonObject.EMPTY
            .with("z", new JsonNumber("1.50e+10"))
            .with("a", JsonBoolean.TRUE)
            .with("list", new JsonArray(List.of(JsonNull.NULL, JsonObject.EMPTY)))
            .with("text", "x");
    assertThat(object.text())
        .isEqualTo("{\"z\":1.50e+10,\"a\":true,\"list\":[null,{}],\"text\":\"x\"}");
    assertThat(object).hasToString(object.text());
  }

  @Test
  void escapesExactlyWhatMustBe() {
    assertThat(new JsonString("\"\\\n\r\t\b\f\u0000\u001f /é\u007f\u2028\uD83D\uDE00").text())
        .isEqualTo("\"\\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001f /é\u007f\u2028\uD83D\uDE00\"");
    assertThat(JsonObject.of("a\"b", JsonNull.NULL).text()).isEqualTo("{\"a\\\"b\":null}");
  }

  @Test
  void objectsAreEqualWhateverTheOrderOfTheirFields() {
    JsonObject one = JsonObject.EMPTY.with("a", 1).with("b", 2);
    JsonObject other = JsonObject.EMPTY.with("b", 2).with("a", 1);
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(one.text()).isNotEqualTo(other.text());
    assertThat(one).isNotEqualTo(one.with("c", 3));
  }

  @Test
  void twoSpellingsOfOneNumberDiffer() {
    assertThat(new JsonNumber("1.0")).isNotEqualTo(new JsonNumber("1"));
  }

  @Test
  void aPatchReplacesAddsAndRemovesOnTheTopLevelOnly() {
    JsonObject before =
        JsonObject.EMPTY.with("a", 1).with("b", JsonObject.EMPTY.with("x", 1)).with("c", 3);
    JsonObject patch =
        JsonObject.EMPTY
            .with("a", JsonNull.NULL)
            .with("b", JsonObject.EMPTY.with("y", JsonNull.NULL))
            .with("d", 4)
            .with("e", JsonNull.NULL);
    assertThat(before.patchedBy(patch).text()).isEqualTo("{\"b\":{\"y\":null},\"c\":3,\"d\":4}");
    assertThat(before.text()).isEqualTo("{\"a\":1,\"b\":{\"x\":1},\"c\":3}");
  }

  @Test
  void anEmptyPatchChangesNothing() {
    JsonObject object = JsonObject.EMPTY.with("a", 1).with("n", JsonNull.NULL);
    assertThat(object.patchedBy(JsonObject.EMPTY).text()).isEqualTo(object.text());
    assertThat(object.withoutNulls().text()).isEqualTo("{\"a\":1}");
  }

  @Test
  void anObjectDoesNotChangeWithTheMapItWasMadeOf() {
    Map<String, Json> fields = new LinkedHashMap<>(Map.of("a", JsonNull.NULL));
    JsonObject object = JsonObject.of(fields);
    fields.clear();
    assertThat(object.fields()).hasSize(1);
    assertThatThrownBy(() -> object.fields().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void fieldsAreReadByTheirKind() {
    JsonObject object =
        JsonObject.EMPTY.with("t", "x").with("n", 5).with("f", new JsonNumber("1.5"));
    assertThat(object.string("t")).contains("x");
    assertThat(object.string("n")).isEmpty();
    assertThat(object.number("n")).hasValue(5);
    assertThat(object.number("f")).isEmpty();
    assertThat(object.number("gone")).isEmpty();
    assertThat(object.without("t").fields()).hasSize(2);
    assertThat(object.without("gone")).isSameAs(object);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "9223372036854775807", "-9223372036854775808", "123456789012345678"})
  void isALong(String literal) {
    JsonNumber number = new JsonNumber(literal);
    assertThat(number.isLong()).isTrue();
    assertThat(number.longValue()).isEqualTo(Long.parseLong(literal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "-9223372036854775809",
        "1.0",
        "1e3",
        "-",
        "99999999999999999999"
      })
  void isNoLong(String literal) {
    assertThat(new JsonNumber(literal).isLong()).isFalse();
  }

  @Test
  void aNumberHasAtMost32Characters() {
    assertThat(new JsonNumber("1".repeat(32)).doubleValue()).isPositive();
    assertThatThrownBy(() -> new JsonNumber("1".repeat(33)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JsonNumber("")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"a, 1", "é, 2", "€, 3", "\uD83D\uDE00, 4", "a€\uD83D\uDE00é, 10"})
  void lengthInUtf8(String text, int bytes) {
    assertThat(Utf8.length(text)).isEqualTo(bytes);
  }

  @Property(tries = 500)
  void lengthInUtf8IsThatOfTheEncodedText(@ForAll int[] points) {
    StringBuilder text = new StringBuilder();
    for (int point : points) {
      int bounded = Math.floorMod(point, Character.MAX_CODE_POINT + 1);
      text.appendCodePoint(bounded >= 0xD800 && bounded <= 0xDFFF ? 'x' : bounded);
    }
    assertThat(Utf8.length(text.toString()))
        .isEqualTo(text.toString().getBytes(StandardCharsets.UTF_8).length);
  }
}
