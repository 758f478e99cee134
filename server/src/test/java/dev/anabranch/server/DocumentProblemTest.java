package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/// What `/api/document` says no with stands in the one catalogue.
class DocumentProblemTest {

  @Test
  void everyProblemIsTheOneThatScopeSyncKnows() {
    for (DocumentProblem problem : DocumentProblem.values()) {
      ScopeFault fault = ScopeFault.ofCode(problem.code()).orElseThrow();
      assertThat(problem.httpStatus()).as(problem.code()).isEqualTo(fault.httpStatus());
      assertThat(problem.sentence()).isEqualTo(fault.sentence());
    }
    for (FaultCode code : FaultCode.values()) {
      assertThat(DocumentProblem.of(code).code()).isEqualTo(code.word());
    }
  }

  @Test
  void aDocumentThatIsNotThereIsToldWithTheTitleOfTheCatalogue() {
    try (Served served = Served.open()) {
      HttpResponse<String> absent = served.get("/api/document/none?scope=org:1");

      assertThat(absent.statusCode()).isEqualTo(404);
      assertThat(absent.body())
          .contains("\"title\":\"" + ScopeFault.ABSENT.sentence() + "\"", "\"code\":\"absent\"");
    }
  }
}
