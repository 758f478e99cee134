package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.ids;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How much of whom the relay keeps, and for how long, over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // each test serves first
abstract class RelayUpkeepContract {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  @TempDir Path folder;

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  private void serve(String nostr) {
    Path file = folder.resolve("anabranch.toml");
    try {
      Files.writeString(file, "[nostr]\n" + nostr);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
    served =
        Served.open(
            new ConfigurationSource()
                .file(file)
                .flag("server.port", Optional.of(0))
                .flag("server.data", Optional.of(folder.toString()))
                .read(),
            store(),
            WritePolicy.NONE);
    client = NostrClient.of(served);
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  // Quotas.

  @Test
  void anAuthorsQuotaOfEventsHoldsOverARestartAndDeletionsAreFree() {
    serve("author_stored_events_max = 3\n");
    Event first = note(ANN, NOW, "1");
    client.publish(first, note(ANN, NOW, "2"), note(ANN, NOW, "3"));
    assertThat(client.answer(note(ANN, NOW, "4")))
        .isEqualTo("false blocked: the author's quota is used up; at most 3 events; delete some");
    client.publish(note(BOB, NOW, "another's"));
    client.publish(event(ANN, 5, NOW, "", Tag.of("e", first.id().hex())));
    close();
    serve("author_stored_events_max = 3\n");
    assertThat(client.answer(note(ANN, NOW, "4"))).startsWith("false blocked: ");
    close();
    serve("author_stored_events_max = 4\n");
    client.publish(note(ANN, NOW, "4"));
    assertThat(client.answer(note(ANN, NOW, "5"))).startsWith("false blocked: ");
  }

  @Test
  void whatIsHereAlreadyOrIsNotTakenUsesNothingOfAnAuthorsQuota() {
    serve("author_stored_events_max = 3\n");
    Event first = note(ANN, NOW, "1");
    Event newer = event(ANN, 0, NOW, "{}");
    Event older = event(ANN, 0, NOW - 100, "{}");
    client.publish(first, newer);
    for (int again = 0; again < 5; again++) {
      assertThat(client.answer(first)).startsWith("true duplicate: ");
      assertThat(client.answer(older)).startsWith("false ");
    }
    client.publish(note(ANN, NOW, "3"));
    assertThat(client.answer(note(ANN, NOW, "4"))).contains("quota");
    assertThat(client.answer(first)).startsWith("true duplicate: ");
  }

  @Test
  void anAuthorsQuotaOfBytesCountsTheJson() {
    serve("author_stored_mebibytes_max = 1\n");
    for (int index = 0; index < 17; index++) {
      client.publish(event(ANN, 1, NOW + index, "x".repeat(60_000)));
    }
    assertThat(client.answer(event(ANN, 1, NOW, "y".repeat(60_000))))
        .startsWith("false blocked: the author's quota is used up; at most 1048576 bytes");
  }

  // Retention.

  @Test
  void keepsAsManyEventsAsARuleSaysAndTheNewest() {
    serve(
        """
        retention_every_seconds = 1
        [[nostr.retention]]
        kinds = ["0", "5"]
        keep_days = 36500
        [[nostr.retention]]
        kinds = ["1"]
        keep_events = 2
        """);
    Event profile = event(ANN, 0, NOW - 100, "{}");
    Event reaction = event(ANN, 7, NOW - 50, "+");
    Event one = note(ANN, NOW, "1");
    Event two = note(BOB, NOW + 1, "2");
    Event three = note(ANN, NOW + 2, "3");
    client.publish(profile, reaction, one, two, three);
    awaits("{\"kinds\":[1]}", three, two);
    assertThat(client.ids("{}")).isEqualTo(ids(three, two, reaction, profile));
    assertThat(client.answer(one)).startsWith("false blocked: ");
    await()
        .untilAsserted(() ->
            assertThat(served.get("/metrics").body()).contains("anabranch_nostr_erased_total 1.0"));
  }

  @Test
  void erasesWhatIsTooOldOfAnAuthorAndLeavesDeletions() {
    serve(
        """
        retention_every_seconds = 1
        [[nostr.retention]]
        authors = ["%s"]
        keep_days = 30
        """
            .formatted(ANN.publicKey()));
    long past = NOW - 31 * 86_400;
    Event old = note(ANN, past, "old");
    Event deletion = event(ANN, 5, past, "", Tag.of("e", "0".repeat(64)));
    Event recent = note(ANN, NOW, "recent");
    Event others = note(BOB, past, "another's");
    client.publish(old, deletion, recent, others);
    awaits("{\"kinds\":[1]}", recent, others);
    assertThat(client.ids("{\"kinds\":[5]}")).isEqualTo(ids(deletion));
  }

  @Test
  void keepsAsManyBytesAsARuleSays() {
    serve(
        """
        retention_every_seconds = 1
        [[nostr.retention]]
        kinds = ["1-9"]
        keep_mebibytes = 1
        """);
    for (int index = 0; index < 20; index++) {
      client.publish(event(ANN, 1, NOW + index, index + "x".repeat(60_000)));
    }
    Event last = event(ANN, 1, NOW + 50, "last");
    client.publish(last);
    int room = (1024 * 1024 - last.json().length()) / (60_000 + 355);
    while (client.ids("{\"limit\":100}").size() > 1 + room) {
      NostrClient.pause();
    }
    assertThat(client.ids("{\"limit\":100}")).hasSize(1 + room).startsWith(last.id().hex());
  }

  /// Asks until the answer is this.
  private void awaits(String filter, Event... events) {
    while (!client.ids(filter).equals(ids(events))) {
      NostrClient.pause();
    }
  }
}
