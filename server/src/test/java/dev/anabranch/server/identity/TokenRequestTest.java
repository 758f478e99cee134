package dev.anabranch.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.PrincipalId;
import org.junit.jupiter.api.Test;

class TokenRequestTest {

  @Test
  void noTokenNamesThePrincipalThatSaysAgainWhatOthersSaid() {
    JsonObject asked = JsonObject.EMPTY.with("principal", PrincipalId.ERASER.text());
    assertThatThrownBy(() -> TokenRequest.of(asked))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the server's own");
    assertThat(TokenRequest.of(JsonObject.EMPTY.with("principal", "ann")).principal())
        .isEqualTo(new PrincipalId("ann"));
  }
}
