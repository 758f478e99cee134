package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ErrorCatalogueTest {

  @Test
  void thePageIsTheCatalogue() throws IOException {
    assertThat(Files.readString(Path.of("../docs/errors.md")))
        .as("make it with: ./anabranch help errors --markdown > docs/errors.md")
        .isEqualTo(new Shell().run("help", "errors", "--markdown").out());
  }

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
