package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
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
  void givesSeveralLinesAsOneList() {
    Headers headers = Headers.of("If-Match", "1", "Host", "a", "if-match", "2, 3");

    assertThat(headers.combined("If-Match")).contains("1, 2, 3");
    assertThat(headers.combined("Host")).contains("a");
    assertThat(headers.combined("Accept")).isEmpty();
  }

  @Test
  void readsTheBytesOfAValueAsUtf8OrNotAtAll() {
    assertThat(Headers.utf8("plain")).contains("plain");
    assertThat(Headers.utf8("cl\u00c3\u00a9")).contains("cl\u00e9");
    assertThat(Headers.utf8("\u00f0\u009f\u0098\u0080")).contains("\ud83d\ude00");
    for (String wrong :
        List.of("cl\u00e9", "\u00c3", "\u00ed\u00a0\u0080", "\u00c0\u0080", "\u20ac")) {
      assertThat(Headers.utf8(wrong)).isEmpty();
    }
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
