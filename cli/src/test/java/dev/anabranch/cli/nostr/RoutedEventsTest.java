package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.JavaProcess;
import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An event for a chat that is here comes from elsewhere into the chat, and is its readers' there.
class RoutedEventsTest {

  private static final SecretKey ANN = Events.key(1);
  private static final SecretKey BOB = Events.key(2);
  private static final Event CHAT =
      Events.event(ANN, 30_001, Events.THEN, "{\"metadata\":{}}", Tag.of("d", "c1"));

  @TempDir private Path folder;

  private static Event reaction(int later) {
    return Events.event(ANN, 7, Events.THEN + later, "+", Tag.of("h", "c1"));
  }

  private static Map<String, String> surroundings(SecretKey key) {
    return Map.of("ANABRANCH_NOSTR_KEY", new Entity.Nsec(key).text());
  }

  private static Shell shell(TestRelay relay, SecretKey key) {
    Shell shell = new Shell().with("ANABRANCH_RELAY", relay.url());
    surroundings(key).forEach(shell::with);
    return shell;
  }

  private static void bring(TestRelay relay, String said, Event... events) {
    Shell.Result in =
        shell(relay, ANN).runWithInput(Events.lines(List.of(events)), "nostr", "import");
    assertThat(in.exitCode()).as(in.err()).isZero();
    assertThat(in.out()).contains(said);
  }

  private static List<String> reactions(TestRelay relay, SecretKey reader) {
    Shell.Result found =
        shell(relay, reader).run("nostr", "req", "--stored", "--kind", "7", "--tag", "h=c1");
    assertThat(found.exitCode()).as(found.err()).isZero();
    return found.lines();
  }

  /// That events are changes of the chat in a folder whose server has stopped.
  private static void standInTheChat(Path data, Event... events) {
    List<String> log = new Shell().run("export", "--data", data.toString()).lines();
    for (Event event : events) {
      assertThat(log)
          .filteredOn(line -> line.contains("\"scope\":\"chat:c1\""))
          .anyMatch(line -> line.contains(event.id().hex()));
    }
    assertThat(new Shell().run("check", "--data", data.toString()).exitCode()).isZero();
  }

  @Test
  void isImportedIntoItsChat() {
    Path data = folder.resolve("data");
    Event reaction = reaction(1);
    try (TestRelay relay = TestRelay.on(data)) {
      bring(relay, "1 new", CHAT);
      bring(relay, "1 new, 1 known", CHAT, reaction);
      bring(relay, "2 known", CHAT, reaction);
      assertThat(reactions(relay, ANN)).containsExactly(reaction.json());
      assertThat(reactions(relay, BOB)).isEmpty();
    }
    standInTheChat(data, reaction);
  }

  @Test
  void isMirroredIntoItsChatStoredAndLive() throws Exception {
    Path there = folder.resolve("there");
    Event stored = reaction(1);
    Event live = reaction(2);
    try (TestRelay from = TestRelay.on(folder.resolve("here"));
        TestRelay to = TestRelay.on(there)) {
      bring(from, "1 new", CHAT);
      bring(from, "1 new", stored);
      bring(to, "1 new", CHAT);
      try (JavaProcess mirror = mirror(from, to)) {
        Events.await("caught up", () -> mirror.said().contains("live"));
        assertThat(reactions(to, ANN)).containsExactly(stored.json());
        bring(from, "1 new", live);
        Events.await("the second is there", () -> reactions(to, ANN).size() == 2);
        mirror.interrupt();
      }
      assertThat(reactions(to, ANN)).containsExactly(live.json(), stored.json());
      assertThat(reactions(to, BOB)).isEmpty();
    }
    standInTheChat(there, stored, live);
  }

  private JavaProcess mirror(TestRelay from, TestRelay to) {
    return JavaProcess.start(
        folder.resolve("mirror"),
        surroundings(ANN),
        Anabranch.class,
        "nostr",
        "mirror",
        from.url(),
        "--relay",
        to.url());
  }
}
