package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrorCatalogueTest {

  @Test
  void everyCodeIsExplained() {
    for (String code : new Shell().run("help", "errors").lines()) {
      Shell.Result explained = new Shell().run("help", "errors", code);
      assertThat(explained.exitCode()).isZero();
      assertThat(explained.out()).startsWith(code + "\n").contains("What to do: ", "status ");
    }
  }

  @Test
  void anUnknownCodeIsNotExplained() {
    assertThat(new Shell().run("help", "errors", "teapot").exitCode()).isEqualTo(1);
  }
}
