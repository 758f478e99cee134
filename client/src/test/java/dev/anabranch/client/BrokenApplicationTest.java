package dev.anabranch.client;

import static dev.anabranch.client.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.Dialer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the application hands in may break in any way; the client goes on.
@Timeout(60)
final class BrokenApplicationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static Anabranch open(ClientSettings settings, Dialer dialer) {
    return Anabranch.open(
        settings, new MemoryReplica(new DeviceId("phone")), dialer, ClientThreads.ofTheSystem());
  }

  private static void goesOn(Anabranch client, String why) {
    Scope notes = client.scope("org:demo");
    notes.put("Note", "n1", fields("title", "Hello"));
    assertThat(notes.list("Note")).hasSize(1);
    await().until(() -> client.status().detail().contains(why));
    assertThat(client.status().line()).isNotEqualTo(LineState.OFFLINE);
    client.forget("org:none");
  }

  @RepeatedTest(5)
  void anErrorInTheSupplierOfTokensIsAReasonThatThereIsNoLine() {
    ClientSettings settings =
        ClientSettings.of("http://127.0.0.1:1")
            .withToken(() -> {
              throw new AssertionError("the test says so");
            });
    try (Anabranch client = open(settings, (dial, session) -> new CompletableFuture<>())) {
      goesOn(client, "the test says so");
    }
  }

  @RepeatedTest(5)
  void anErrorInTheDialerIsAReasonThatThereIsNoLine() {
    Dialer broken =
        (dial, session) -> {
          throw new StackOverflowError("the test says so");
        };
    try (Anabranch client = open(ClientSettings.of("http://127.0.0.1:1"), broken)) {
      goesOn(client, "the test says so");
    }
  }

  @Test
  void anErrorInAListenerKeepsNothingFromTheOthersAndNoOutcomeBack() throws Exception {
    try (LiveServer server = LiveServer.start();
        Anabranch client = Anabranch.open(server.url(), folder.resolve("phone.db"))) {
      List<String> told = new CopyOnWriteArrayList<>();
      Scope notes = client.scope("org:demo");
      Runnable breaks =
          () -> {
            throw new AssertionError("the test says so");
          };
      notes.onChange(change -> breaks.run());
      client.onOutcome((write, outcome) -> breaks.run());
      notes.onChange(change -> told.add(change.key().id().text()));
      List<PendingWrite> writes = new ArrayList<>();
      for (String id : List.of("n1", "n2", "n3")) {
        writes.add(notes.put("Note", id, fields("title", id)));
      }

      for (PendingWrite write : writes) {
        assertThat(write.await(PATIENCE)).isInstanceOf(WriteOutcome.Applied.class);
      }
      await().until(() -> told.containsAll(List.of("n1", "n2", "n3")));
    }
  }
}
