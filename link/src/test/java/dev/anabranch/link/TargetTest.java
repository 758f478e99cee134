package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {
  @Test
  void decodesSegmentsAfterSplittingThem() {
    Target target = Target.parse("/documents/org%3A1/notes%2Fmay%20%C3%BC");

    assertThat(target.segments()).containsExactly("documents", "org:1", "notes/may ü");
    assertThat(target.path()).isEqualTo("/documents/org%3A1/notes%2Fmay%20%C3%BC");
  }

  @Test
  void hasNoSegmentsForTheRoot() {
    assertThat(Target.parse("/").segments()).isEmpty();
    assertThat(Target.parse("/?a=1").segments()).isEmpty();
  }

  @Test
  void dropsOneSlashAtTheEnd() {
    assertThat(Target.parse("/sync/").segments()).containsExactly("sync");
  }

  @Test
  void takesAWholeAddressForItsPath() {
    assertThat(Target.parse("http://example.org:80/sync?scope=a").segments())
        .containsExactly("sync");
    assertThat(Target.parse("http://example.org").segments()).isEmpty();
  }

  @Test
  void keepsEveryValueOfAParameterInOrder() {
    Target target = Target.parse("/s?a=1&b=x+y%2B&a=2&flag&&c=");

    assertThat(target.query()).containsEntry("a", List.of("1", "2"));
    assertThat(target.parameter("b")).contains("x y+");
    assertThat(target.parameter("flag")).contains("");
    assertThat(target.parameter("c")).contains("");
    assertThat(target.parameter("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "sync",
        "//",
        "/a//b",
        "/a/../b",
        "/a/%2e%2E/b",
        "/./a",
        "/%",
        "/%4",
        "/%zz",
        "/%ff",
        "/%00",
        "/a%0d%0a",
        "/a?b=%0a",
        "/a?b=%c3",
        "/a#b"
      })
  void refusesWhatCouldBeMisread(String raw) {
    assertThatIllegalArgumentException().isThrownBy(() -> Target.parse(raw));
  }

  @Test
  void refusesAFloodOfParameters() {
    String flood = "/a?" + "b=1&".repeat(65);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.parse(flood))
        .withMessageContaining("64");
  }

  @Test
  void doesNotShowTheQuery() {
    assertThat(Target.parse("/sync?token=secret")).hasToString("/sync");
  }
}
