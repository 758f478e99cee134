package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.JavaProcess;
import dev.anabranch.cli.KillableServer;
import dev.anabranch.cli.Shell;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients, mirrors and relays that are killed.
class KilledTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  /// Publishes without end and says what was taken.
  static final class Publisher {

    /// @param arguments the relay, the file
    public static void main(String[] arguments) throws InterruptedException {
      NostrSettings settings = NostrSettings.of(arguments[0]).withRetries(50, 200);
      try (NostrClient client = NostrClient.open(settings, Path.of(arguments[1]))) {
        for (Event note : Events.notes(5_000)) {
          client.publish(note);
          System.out.println(note.id());
        }
        client.awaitPublished(LONG);
      }
    }
  }

  @Test
  void whatAKilledClientHadTakenGoesOutWithTheNextOne() throws Exception {
    TestRelay relay = TestRelay.on(folder.resolve("r"));
    relay.stop();
    String file = folder.resolve("outbox.db").toString();
    Set<String> taken = new HashSet<>();
    try (JavaProcess client =
        JavaProcess.start(folder.resolve("log"), Map.of(), Publisher.class, relay.url(), file)) {
      Events.await(client.said(), () -> client.said().lines().count() > 300 || !client.isAlive());
      client.kill();
      client.said().lines().filter(line -> line.matches("[0-9a-f]{64}")).forEach(taken::add);
    }
    assertThat(taken).hasSizeGreaterThan(250);
    relay.start();
    try (NostrClient next =
        NostrClient.open(NostrSettings.of(relay.url()).withRetries(50, 200), Path.of(file))) {
      assertThat(next.queued()).isGreaterThanOrEqualTo(taken.size());
      assertThat(next.awaitPublished(LONG)).isTrue();
    }
    try (NostrClient other = NostrClient.inMemory(NostrSettings.of(relay.url()))) {
      List<Event> stored = other.fetch(List.of(Filter.ANY), LONG);
      assertThat(stored)
          .extracting(event -> event.id().hex())
          .doesNotHaveDuplicates()
          .containsAll(taken);
    }
    relay.close();
  }

  private static Set<EventId> ids(KillableServer relay) {
    Shell.Result out = new Shell().run("nostr", "export", "--relay", relay.url());
    assertThat(out.exitCode()).as(out.err()).isZero();
    Set<EventId> ids = new HashSet<>();
    out.lines().forEach(line -> ids.add(new EventId(line.substring(7, 71))));
    assertThat(out.lines()).hasSize(ids.size());
    return ids;
  }

  private static long count(KillableServer relay) {
    ConnectedRelay.Way way =
        ConnectedRelay.Way.with(List.of(), Optional.empty(), InstantSource.system());
    try (ConnectedRelay line = ConnectedRelay.to(RelayUrl.of(relay.url()), way)) {
      return line.line().count(List.of(Filter.ANY)).toCompletableFuture().join().count();
    }
  }

  private static void bring(KillableServer relay, List<Event> events) {
    Shell.Result in =
        new Shell().runWithInput(Events.lines(events), "nostr", "import", "--relay", relay.url());
    assertThat(in.exitCode()).as(in.err()).isZero();
  }

  private JavaProcess mirror(int number, KillableServer from, KillableServer to) {
    return JavaProcess.start(
        folder.resolve("mirror-" + number),
        Map.of(),
        Anabranch.class,
        "nostr",
        "mirror",
        from.url(),
        "--relay",
        to.url());
  }

  @Test
  void tenThousandEventsAreMirroredThoughBothRelaysAndTheMirrorAreKilledOnTheWay()
      throws Exception {
    List<Event> notes = Events.notes(10_000);
    try (KillableServer from = new KillableServer(folder.resolve("from"));
        KillableServer to = new KillableServer(folder.resolve("to"))) {
      bring(from, notes.subList(0, 6_000));
      try (JavaProcess first = mirror(1, from, to)) {
        Events.await("some are there", () -> count(to) > 300);
        to.killAndReturn();
        Events.await("more are there", () -> count(to) > 1_000);
        from.killAndReturn();
        bring(from, notes.subList(6_000, 8_000));
        first.kill();
      }
      bring(from, notes.subList(8_000, 9_000));
      try (JavaProcess second = mirror(2, from, to)) {
        Events.await("caught up", () -> second.said().contains("live"));
        bring(from, notes.subList(9_000, 10_000));
        Events.await("all are there", () -> count(to) == 10_000);
        second.interrupt();
        assertThat(second.said()).contains("the same command goes on from here");
      }
      assertThat(ids(to)).isEqualTo(ids(from)).hasSize(10_000);
    }
  }
}
