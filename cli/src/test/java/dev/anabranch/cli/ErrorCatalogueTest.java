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
    for (ScopeFault fault : ScopeFault.values()) {
      assertThat(page)
          .contains("| `" + fault.code() + "` | " + fault.httpStatus() + " |")
          .contains(fault.sentence() + " | " + fault.remedy());
    }
    for (String code : new Shell().run("help", "errors").lines()) {
      assertThat(page).contains("| `" + code + "` |");
    }
  }

  @Test
  void everyCodeIsExplained() {
    for (String code : new Shell().run("help", "errors").lines()) {
      Shell.Result explained = new Shell().run("help", "errors", code);
      assertThat(explained.exitCode()).isZero();
      assertThat(explained.out()).startsWith(code + "\n").contains("What to do: ");
    }
  }

  @Test
  void aCodeOfSeveralProtocolsIsExplainedForEach() {
    assertThat(new Shell().run("help", "errors", "read_only").out())
        .contains("Documents: ", "Signed entities: ")
        .doesNotContain("Scope sync: ", "HTTP and handshakes: ");
    assertThat(new Shell().run("help", "errors", "too_large").out())
        .contains("Scope sync: ", "Over HTTP: status ", "Documents: ", "Signed entities: ");
  }

  @Test
  void aRefusalOfTheRelayIsExplainedWithTheWordThatItBeginsWith() {
    assertThat(new Shell().run("help", "errors", "too_little_work").out())
        .contains("Nostr: Less proof of work than asked for", "\"pow: \"");
    assertThat(new Shell().run("help", "errors", "rate_limited").out())
        .contains("Scope sync: ", "Nostr: ", "\"rate-limited: \"");
  }

  @Test
  void aRefusalOfTheTransportIsExplainedWithItsStatus() {
    assertThat(new Shell().run("help", "errors", "headers_too_large").out())
        .contains("HTTP and handshakes: The header fields are too large", "Status 431");
  }

  @Test
  void anUnknownCodeIsNotExplained() {
    assertThat(new Shell().run("help", "errors", "teapot").exitCode()).isEqualTo(1);
  }
}
