package dev.anabranch.client.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DraftTest {

  private static final EntityKey N1 =
      new EntityKey(new ScopeName("org:demo"), new ModelName("Note"), new EntityId("n1"));

  @ParameterizedTest
  @ValueSource(strings = {"1E+400", "-1e999", "1e-999", "NaN", "01", "1 ", "1,\"y\":2", "--1"})
  void refusesANumberThatIsNotReadAgain(String literal) {
    JsonObject data = JsonObject.of("x", new JsonNumber(literal));

    assertThatThrownBy(() -> Draft.put(N1, data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the data of Note n1 would");
  }

  @Test
  void refusesANameThatIsNotReadAgain() {
    for (String name : List.of("n".repeat(1_025), "\0", "\ud800")) {
      JsonObject data = JsonObject.of(name, JsonNull.NULL);
      Json nested = new JsonArray(List.of(data));

      assertThatThrownBy(() -> Draft.patch(N1, data)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Draft.put(N1, JsonObject.of("in", nested)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesATextThatIsNotReadAgain() {
    for (String text : List.of("a\0", "\udfff")) {
      assertThatThrownBy(() -> Draft.put(N1, JsonObject.of("x", new JsonString(text))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesWhatAFrameHasNoRoomFor() {
    Json many = new JsonArray(Collections.nCopies(20_000, new JsonNumber("0")));
    Json deep = JsonNull.NULL;
    for (int level = 0; level < 31; level++) {
      deep = new JsonArray(List.of(deep));
    }
    for (Json value : List.of(many, deep)) {
      assertThatThrownBy(() -> Draft.put(N1, JsonObject.of("x", value)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the data of Note n1 has");
    }
  }

  @Test
  void takesWhatIsReadAgain() {
    JsonObject data =
        JsonObject.of("n".repeat(1_024), new JsonNumber("1.7976931348623157E308"))
            .with("zero", new JsonNumber("-0.0"))
            .with("whole", new JsonNumber("12345678901234567890123456789012"))
            .with("text", "\u0001 \ud83d\ude00 \" \\ /")
            .with("none", JsonNull.NULL);

    assertThat(Draft.put(N1, data).data()).isEqualTo(data);
  }
}
