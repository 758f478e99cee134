package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HttpAnswerTest {
  @Test
  void writesAProblemAsJson() {
    HttpAnswer answer = HttpAnswer.problem(400, "bad_target", "a \"quoted\"\nline \\ é");

    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"urn:anabranch:bad_target\",\"title\":\"bad"
                + " target\",\"status\":400,\"code\":\"bad_target\",\"detail\":\"a"
                + " \\\"quoted\\\"\\u000aline \\\\ é\"}");
    assertThat(answer.headers().first("content-type")).contains("application/problem+json");
  }

  @Test
  void refusesAStatusThatIsNoAnswer() {
    assertThatIllegalArgumentException().isThrownBy(() -> HttpAnswer.empty(101));
  }
}
