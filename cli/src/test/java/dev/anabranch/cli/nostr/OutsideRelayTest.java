package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.JavaProcess;
import dev.anabranch.cli.Shell;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our client against a relay that nobody here wrote; it caps its answers and does not reconcile.
class OutsideRelayTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Filter NOTES = Filter.ANY.withKinds(Set.of(1));

  @TempDir Path folder;

  private OutsideRelay outside;
  private final Shell shell = new Shell();

  OutsideRelayTest() throws IOException, InterruptedException {
    outside = OutsideRelay.start("");
  }

  @BeforeEach
  void name() {
    shell.with("ANABRANCH_RELAY", outside.url());
  }

  @AfterEach
  void stop() {
    outside.close();
  }

  private NostrSettings settings() {
    return NostrSettings.of(outside.url()).withRetries(50, 500);
  }

  private long count(String relay) {
    Shell.Result out = shell.run("nostr", "export", "--relay", relay);
    assertThat(out.exitCode()).as(out.err()).isZero();
    return out.lines().stream().distinct().count();
  }

  @Test
  void publishesReadsAllPagesAndHearsLive() throws Exception {
    List<Event> notes = Events.notes(1_000);
    List<Event> heard = new CopyOnWriteArrayList<>();
    try (NostrClient writer = NostrClient.open(settings(), folder.resolve("w.db"));
        NostrClient reader = NostrClient.open(settings(), folder.resolve("r.db"))) {
      notes.subList(0, 900).forEach(writer::publish);
      assertThat(writer.awaitPublished(LONG)).isTrue();
      reader.subscribe(NOTES, heard::add);
      Events.await("what is stored", () -> heard.size() == 900);
      notes.subList(900, 1_000).forEach(writer::publish);
      Events.await("what is new", () -> heard.size() == 1_000);
      assertThat(heard).containsExactlyInAnyOrderElementsOf(notes);
    }
  }

  @Test
  void theCommandsPublishAskImportAndExport() {
    String key = folder.resolve("me.key").toString();
    shell.run("nostr", "keygen", key);
    Shell.Result published =
        shell.run("nostr", "publish", "--key-file", key, "--content", "Hello", "--kind", "1");
    assertThat(published.exitCode()).as(published.err()).isZero();
    Shell.Result found = shell.run("nostr", "req", "--kind", "1", "--limit", "5", "--stored");
    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(found.out()).contains("\"content\":\"Hello\"");
    Shell.Result in = shell.runWithInput(Events.lines(Events.notes(700)), "nostr", "import");
    assertThat(in.exitCode()).as(in.err()).isZero();
    assertThat(count(outside.url())).isEqualTo(701);
  }

  @Test
  void aRelayThatDoesNotReconcileIsSyncedByReadingBoth() {
    List<Event> notes = Events.notes(900);
    try (TestRelay ours = TestRelay.on(folder.resolve("ours"))) {
      shell.runWithInput(Events.lines(notes.subList(0, 600)), "nostr", "import");
      shell.runWithInput(
          Events.lines(notes.subList(300, 900)), "nostr", "import", "--relay", ours.url());
      Shell.Result both = shell.run("nostr", "sync", outside.url(), "--relay", ours.url());
      assertThat(both.exitCode()).as(both.err()).isZero();
      assertThat(both.out()).contains("down: 300 new; up: 300 new");
      assertThat(count(outside.url())).isEqualTo(900);
      assertThat(count(ours.url())).isEqualTo(900);
    }
  }

  @Test
  void aMirrorCatchesUpAndGoesOnLive() throws Exception {
    List<Event> notes = Events.notes(500);
    try (TestRelay ours = TestRelay.on(folder.resolve("ours"))) {
      shell.runWithInput(Events.lines(notes.subList(0, 400)), "nostr", "import");
      try (JavaProcess mirror =
          JavaProcess.start(
              folder.resolve("mirror"),
              Map.of(),
              Anabranch.class,
              "nostr",
              "mirror",
              outside.url(),
              "--relay",
              ours.url())) {
        Events.await("caught up", () -> mirror.said().contains("live"));
        assertThat(count(ours.url())).isEqualTo(400);
        shell.runWithInput(Events.lines(notes.subList(400, 500)), "nostr", "import");
        Events.await("live", () -> count(ours.url()) == 500);
      }
    }
  }

  @Test
  void whoeverHasAKeyAuthenticatesWhenItIsAsked() throws Exception {
    SecretKey ann = Events.key(1);
    SecretKey bob = Events.key(2);
    outside.close();
    outside = OutsideRelay.start("127.0.0.1");
    try (NostrClient sender = NostrClient.inMemory(settings().withKeys(ann));
        NostrClient reader = NostrClient.inMemory(settings().withKeys(bob));
        NostrClient nobody = NostrClient.inMemory(settings())) {
      sender.publish(4, "hidden", Tag.of("p", bob.publicKey().hex()));
      assertThat(sender.awaitPublished(LONG)).isTrue();
      Filter messages = Filter.ANY.withKinds(Set.of(4));
      List<Event> heard = new CopyOnWriteArrayList<>();
      reader.subscribe(messages, heard::add);
      Events.await("the message", () -> heard.size() == 1);
      assertThat(nobody.fetch(List.of(messages), LONG)).isEmpty();
      assertThat(nobody.status().getFirst().detail()).contains("unauthenticated");
    }
  }
}
