package dev.anabranch.client;

import static dev.anabranch.client.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.session.LineState;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is asked of a client on a thread that is to stop is done.
@Timeout(60)
final class InterruptedThreadTest {

  private static final ClientSettings NOWHERE = ClientSettings.of("http://127.0.0.1:1");

  @TempDir Path folder;

  @Test
  void aClientDoesWhatAnInterruptedThreadAsks() {
    Path file = folder.resolve("phone.db");
    try (Anabranch client = Anabranch.open(NOWHERE, file)) {
      Thread.currentThread().interrupt();
      Scope notes = client.scope("org:demo");
      notes.put("Note", "n1", fields("title", "Hello"));
      client.goOffline();
      assertThat(Thread.interrupted()).as("it is still to stop").isTrue();

      assertThat(notes.list("Note")).hasSize(1);
      await().until(() -> client.status().line() == LineState.OFFLINE);
    }
  }

  @Test
  void aFileIsFreeWhenAnInterruptedThreadHasClosedItsClient() {
    Path file = folder.resolve("phone.db");
    Anabranch client = Anabranch.open(NOWHERE, file);
    client.scope("org:demo").put("Note", "n1", fields("title", "Hello"));
    Thread.currentThread().interrupt();
    client.close();
    assertThat(Thread.interrupted()).as("it is still to stop").isTrue();

    try (Anabranch next = Anabranch.open(NOWHERE, file)) {
      assertThat(next.scope("org:demo").list("Note")).hasSize(1);
    }
  }
}
