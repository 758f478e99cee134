package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class TransportFaultTest {

  @Test
  void everyFaultStandsInTheCatalogueWithItsStatusItsMeaningAndWhatToDo() throws IOException {
    String page = Files.readString(catalogue());
    for (TransportFault fault : TransportFault.values()) {
      assertThat(page)
          .contains(
              "| `"
                  + fault.code()
                  + "` | "
                  + fault.httpStatus()
                  + " | "
                  + fault.sentence()
                  + " | "
                  + fault.remedy()
                  + " |");
      assertThat(TransportFault.ofCode(fault.code())).contains(fault);
    }
  }

  @Test
  void onlyWhatMayGoWellInAMomentSaysWhenToTryAgain() {
    for (TransportFault fault : TransportFault.values()) {
      assertThat(fault.answer("no").headers().contains("Retry-After"))
          .as(fault.code())
          .isEqualTo(List.of(429, 503).contains(fault.httpStatus()));
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
