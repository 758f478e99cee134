package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadersTest {
  @Test
  void findsFieldsWithoutRegardToCase() {
    Headers headers = Headers.of("Accept", "text/html", "accept", "application/json");

    assertThat(headers.first("ACCEPT")).contains("text/html");
    assertThat(headers.all("Accept")).containsExactly("text/html", "application/json");
    assertThat(headers.first("Host")).isEmpty();
  }

  @Test
  void findsATokenInAList() {
    Headers headers = Headers.of("Connection", "keep-alive, Upgrade");

    assertThat(headers.lists("connection", "upgrade")).isTrue();
    assertThat(headers.lists("connection", "up")).isFalse();
  }

  @Test
  void hidesCredentialsWhenShown() {
    assertThat(Headers.of("Authorization", "Bearer secret", "Host", "a"))
        .hasToString("{Authorization=[(hidden)], Host=[a]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nSet-Cookie: b", "a\nb", "a\u0000", "\u007f"})
  void refusesAValueThatWouldSplitTheAnswer(String value) {
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("X-Test", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "ü", "a\n"})
  void refusesANameThatIsNoToken(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.of(name, "value"));
  }

  @Test
  void refusesANameWithoutAValue() {
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("Host"));
  }
}
