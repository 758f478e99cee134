package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.session.ScopeState;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A document that fits no frame of scope sync reaches a new device all the same.
class LargeDocumentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String DEMO = "org:demo";
  private static final int UPDATES = 4;
  private static final int UPDATE_CHARS = 5 * 1024 * 1024;

  @TempDir Path folder;

  @Test
  void aNewDeviceIsToldADocumentOfTwentyMebibytesAndThenLives() {
    EntityKey key =
        new EntityKey(
            new ScopeName(DEMO), new ModelName(Scope.DOCUMENT), new EntityId("encyclopedia"));
    Document document = Document.create(DocumentOptions.forEditing(new Random(20)));
    try (LiveServer server = LiveServer.start()) {
      for (int i = 0; i < UPDATES; i++) {
        StateVector before = document.stateVector();
        document.text("body").insert(i * UPDATE_CHARS, Integer.toString(i).repeat(UPDATE_CHARS));
        server.write(
            Write.merge(new WriteKey("k" + i), key, Bytes.of(document.encodeV1(before).bytes())));
      }
      try (Anabranch client =
          Anabranch.open(ClientSettings.of(server.url()), folder.resolve("device.db"))) {
        Scope scope = client.scope(DEMO);
        await().atMost(PATIENCE).until(() -> scope.progress().state() == ScopeState.LIVE);
        OpenDocument opened = scope.document("encyclopedia");
        assertThat(opened.<String>read(inner -> inner.text("body").text()))
            .hasSize(UPDATES * UPDATE_CHARS)
            .startsWith("000")
            .endsWith("333");

        opened.edit(inner -> inner.text("body").insert(0, "still "));
        await()
            .atMost(PATIENCE)
            .until(() -> server.document(key).text("body").text().startsWith("still 000"));
      }
    }
  }
}
