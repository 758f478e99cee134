package dev.anabranch.protocol.signed.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 8785, its own examples included.
class CanonicalJsonTest {

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void numbersArePrintedAsEcmaScriptPrintsThem(String bits, String text) {
    double value = Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(bits));
    assertThat(CanonicalJson.number(value)).isEqualTo(text);
  }

  @Test
  void whatIsNoNumberHasNoSpelling() {
    assertThatThrownBy(() -> CanonicalJson.number(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"b\":2,\"a\":1} | {\"a\":1,\"b\":2}",
        "{ \"a\" : [ 1.0 , 1e2 , true , null ] } | {\"a\":[1,100,true,null]}",
        "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage"
            + " Return\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Smiley\",\"\\u0080\":\"Control\",\"\\u00f6\":\"O"
            + " Umlaut\"} | {\"\\r\":\"Carriage"
            + " Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"O Umlaut\",\"€\":\"Euro"
            + " Sign\",\"😀\":\"Smiley\"}",
        "{\"s\":\"\\u0001\\b\\/\\\"\\\\\\u00e4\"} | {\"s\":\"\\u0001\\b/\\\"\\\\ä\"}",
        "{\"a\":{\"d\":4,\"c\":3}} | {\"a\":{\"c\":3,\"d\":4}}",
      })
  void oneValueHasOneSpelling(String text, String canonical) {
    JsonObject value = SignedVectors.json(text);
    assertThat(CanonicalJson.text(value)).isEqualTo(canonical);
    assertThat(CanonicalJson.difference(canonical, SignedVectors.json(canonical))).isEqualTo(-1);
    assertThat(CanonicalJson.difference(text, value)).isNotNegative();
  }

  @Test
  void theFirstDifferenceIsNamed() {
    assertThat(CanonicalJson.difference("{\"a\":1.0}", SignedVectors.json("{\"a\":1.0}")))
        .isEqualTo(6);
    assertThat(CanonicalJson.difference("{\"a\":1} ", SignedVectors.json("{\"a\":1}")))
        .isEqualTo(7);
  }
}
