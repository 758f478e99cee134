package dev.anabranch.protocol.signed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SignedFaultTest {

  @Test
  void everyFaultStandsInTheCatalogueWithItsCloseCodeItsMeaningAndWhatToDo() throws IOException {
    String page = Files.readString(catalogue());
    for (SignedFault fault : SignedFault.values()) {
      String close = fault.closeCode() == 0 ? "–" : Integer.toString(fault.closeCode());
      assertThat(page)
          .contains(
              "| `"
                  + fault.code()
                  + "` | "
                  + close
                  + " | "
                  + fault.sentence()
                  + " | "
                  + fault.remedy()
                  + " |");
      assertThat(SignedFault.ofCode(fault.code())).contains(fault);
    }
  }

  @Test
  void theKernelsWordsAllHaveOneHere() {
    for (FaultCode code : FaultCode.values()) {
      assertThat(SignedFault.of(code).code()).isEqualTo(code.word());
    }
  }

  private static Path catalogue() {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.exists(place.resolve("docs/errors.md"))) {
      place = place.getParent();
    }
    return Objects.requireNonNull(place, "no docs/errors.md here or above")
        .resolve("docs/errors.md");
  }
}
