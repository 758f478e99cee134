package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ErrorCatalogueTest {

  @Test
  void thePageHasEveryCodeWithItsStatusItsMeaningAndWhatToDo() throws IOException {
    String page = Files.readString(Path.of("../docs/errors.md"));
    for (String code : new Shell().run("help", "errors").lines()) {
      ScopeFault fault = ScopeFault.ofCode(code).orElseThrow();
      assertThat(page)
          .contains("| `" + code + "` | " + fault.httpStatus() + " |")
          .contains(fault.sentence() + " | " + fault.remedy());
    }
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
