package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.server.configuration.ModelsFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// y-websocket's and Hocuspocus' own providers against a whole server.
class OutsideEditorsTest {

  @BeforeEach
  void editors() throws IOException, InterruptedException {
    OutsideEditors.assumeTheyAreHere();
  }

  @Test
  void twoEditorsConvergeAlsoAfterOneWasOfflineAndTheScopeSeesTheMerges() throws Exception {
    try (Served served = Served.open()) {
      assertThat(OutsideEditors.run("converge.mjs", served.uri("/"))).contains("converged");
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
      assertThat(served.get("/metrics").body()).contains("anabranch_document_updates_total");
    }
  }

  @Test
  void cursorsAreSeenByEditorsAndByTheScopeAndGoWithTheSocket() throws Exception {
    try (Served served = Served.open()) {
      assertThat(OutsideEditors.run("awareness.mjs", served.uri("/"))).contains("seen and gone");
    }
  }

  @Test
  void oneHocuspocusSocketCarriesSeveralDocumentsAndHearsWhatBecameOfEachUpdate() throws Exception {
    try (Served served = Served.open()) {
      assertThat(OutsideEditors.run("hocuspocus.mjs", served.uri("/"))).contains("one socket");
    }
  }

  @Test
  void aReaderIsToldThatItsUpdateIsRefused() throws Exception {
    try (Served served = Served.open(Map.of("auth.mode", "token"))) {
      String writer =
          served.token("w", new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
      String reader = served.token("r", Authority.GRANTED);
      served.post("/api/grant", "{\"scope\":\"org:4\",\"id\":\"r\",\"right\":\"read\"}", writer);
      String said = OutsideEditors.run("reader.mjs", served.uri("/"), writer, reader);

      assertThat(said).contains("refused, and told");
    }
  }
}
