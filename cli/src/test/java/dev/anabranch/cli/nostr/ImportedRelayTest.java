package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A relay whose log was exported and imported somewhere else.
class ImportedRelayTest {

  @TempDir private Path folder;

  @Test
  void findsWhatTheOtherOneFound() {
    String data = folder.resolve("data").toString();
    String copy = folder.resolve("copy").toString();
    List<String> found;
    try (TestRelay relay = TestRelay.on(Path.of(data))) {
      Shell shell = shellOf(relay);
      for (Event event : events()) {
        Shell.Result published = shell.runWithInput(event.json() + "\n", "nostr", "publish");
        assertThat(published.exitCode()).as(published.err()).isZero();
      }
      found = stored(shell);
      assertThat(found).hasSize(12).noneMatch(event -> event.contains("older profile"));
    }
    Shell shell = new Shell();
    String log = shell.run("export", "--data", data).out();
    assertThat(shell.runWithInput(log, "import", "--data", copy).exitCode()).isZero();
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
    try (TestRelay relay = TestRelay.on(Path.of(copy))) {
      assertThat(stored(shellOf(relay))).isEqualTo(found);
      assertThat(stored(shellOf(relay), "--search", "note")).hasSize(9);
      assertThat(stored(shellOf(relay), "--tag", "t=tagged")).hasSize(1);
    }
  }

  /// Of some events the changes are gone and only the originals left.
  @Test
  void findsWhatWasFoundOnceALostFileOfMarksIsMadeAnew() throws IOException {
    Path data = folder.resolve("data");
    String path = data.toString();
    List<String> found;
    try (TestRelay relay = TestRelay.on(data)) {
      shellOf(relay).runWithInput(Events.lines(events()), "nostr", "publish");
      found = stored(shellOf(relay));
    }
    Shell shell = new Shell();
    Shell.Result compact = shell.run("compact", "--data", path, "--keep-changes", "1");
    assertThat(compact.out()).as(compact.err()).doesNotStartWith("0 changes");
    Files.delete(data.resolve("marks.db"));
    Shell.Result refused = shell.run("check", "--data", path);
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err()).contains("marks.db is missing; ", "anabranch reindex --data ");
    Shell.Result reindex = shell.run("reindex", "--data", path, "--json");
    assertThat(reindex.out()).as(reindex.err()).contains("\"events\":" + found.size());
    assertThat(shell.run("check", "--data", path).exitCode()).isZero();
    try (TestRelay relay = TestRelay.on(data)) {
      assertThat(stored(shellOf(relay))).isEqualTo(found);
      assertThat(stored(shellOf(relay), "--search", "note")).hasSize(9);
      assertThat(stored(shellOf(relay), "--tag", "t=tagged")).hasSize(1);
    }
  }

  @Test
  void theFirstStartOnARestoredFolderSaysThatItMovesTheMarks() {
    String data = folder.resolve("data").toString();
    String restored = folder.resolve("restored").toString();
    String backup = folder.resolve("backup.anabranch").toString();
    try (TestRelay relay = TestRelay.on(Path.of(data))) {
      shellOf(relay).runWithInput(Events.lines(events()), "nostr", "publish");
    }
    Shell shell = new Shell();
    assertThat(shell.run("backup", "--data", data, backup).exitCode()).isZero();
    assertThat(shell.run("restore", "--data", restored, backup).exitCode()).isZero();
    assertThat(saidByAStartOn(restored))
        .containsExactly(
            "moving the marks of 12 events from anabranch.db to marks.db, once for this folder;"
                + " nothing is served before",
            "moved the marks of 12 events to marks.db");
    assertThat(saidByAStartOn(restored)).isEmpty();
    assertThat(saidByAStartOn(folder.resolve("new").toString())).isEmpty();
  }

  private static List<String> saidByAStartOn(String data) {
    Logger logger = (Logger) LoggerFactory.getLogger("dev.anabranch.storage.sqlite");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(said);
    try (TestRelay ignored = TestRelay.on(Path.of(data))) {
      return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    } finally {
      logger.detachAppender(said);
      logger.setLevel(null);
    }
  }

  /// An imported log is laid in scope by scope, so that ids fall with each.
  @Test
  void doesNotFindAgainWhatWasReplacedInALongLog() {
    List<SecretKey> authors =
        Stream.of(1, 2)
            .map(Events::key)
            .sorted(Comparator.comparing(key -> key.publicKey().hex()))
            .toList();
    SecretKey ann = authors.getLast();
    List<Event> events = new ArrayList<>();
    events.add(Events.event(ann, 0, Events.THEN, "older profile"));
    addNotes(events, ann, 520);
    events.add(Events.event(ann, 0, Events.THEN + 1, "newer profile"));
    addNotes(events, authors.getFirst(), 1_600);
    String data = folder.resolve("data").toString();
    String copy = folder.resolve("copy").toString();
    try (TestRelay relay = TestRelay.on(Path.of(data))) {
      Shell.Result published =
          shellOf(relay).runWithInput(Events.lines(events), "nostr", "publish");
      assertThat(published.exitCode()).as(published.err()).isZero();
    }
    Shell shell = new Shell();
    String log = shell.run("export", "--data", data).out();
    assertThat(shell.runWithInput(log, "import", "--data", copy).exitCode()).isZero();
    try (TestRelay relay = TestRelay.on(Path.of(copy))) {
      assertThat(stored(shellOf(relay), "--kind", "0"))
          .hasSize(1)
          .allMatch(event -> event.contains("newer profile"));
    }
  }

  private static void addNotes(List<Event> events, SecretKey author, int count) {
    for (int n = 0; n < count; n++) {
      events.add(Events.event(author, 1, Events.THEN + n, "note " + n));
    }
  }

  /// Notes, one of them deleted, one with a tag; a profile and a newer one.
  private static List<Event> events() {
    List<Event> events = new ArrayList<>(Events.notes(10));
    Event deleted = events.getFirst();
    SecretKey author = Events.key(1_000);
    SecretKey ann = Events.key(1);
    events.add(Events.event(author, 5, Events.THEN + 50, "", Tag.of("e", deleted.id().hex())));
    events.add(Events.event(ann, 0, Events.THEN, "older profile"));
    events.add(Events.event(ann, 0, Events.THEN + 1, "newer profile"));
    events.add(Events.event(ann, 1, Events.THEN + 2, "x", Tag.of("t", "tagged")));
    return events;
  }

  private static Shell shellOf(TestRelay relay) {
    return new Shell().with("ANABRANCH_RELAY", relay.url());
  }

  private static List<String> stored(Shell shell, String... filter) {
    List<String> command = new ArrayList<>(List.of("nostr", "req", "--stored"));
    command.addAll(List.of(filter));
    Shell.Result result = shell.run(command.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.lines();
  }
}
