package dev.anabranch.protocol.document.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DocumentFaultTest {

  @Test
  void everyFaultHasItsLineInTheCatalogue() throws IOException {
    String page = Files.readString(Path.of("../../docs/errors.md"));
    for (DocumentFault fault : DocumentFault.values()) {
      String closes = fault.closeCode() == 0 ? "–" : Integer.toString(fault.closeCode());
      assertThat(page)
          .contains(
              "| `%s` | %s | %s | %s |"
                  .formatted(fault.code(), closes, fault.sentence(), fault.remedy()));
    }
  }

  @Test
  void theKernelsNoHasAWordHere() {
    for (FaultCode code : FaultCode.values()) {
      assertThat(DocumentFault.of(code).sentence()).isNotBlank();
    }
  }
}
