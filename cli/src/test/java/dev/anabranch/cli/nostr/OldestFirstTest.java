package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `anabranch nostr export --oldest-first`, of a folder and of a relay.
class OldestFirstTest {

  @TempDir Path folder;

  private final Shell shell = new Shell();

  private String data(String name) {
    return folder.resolve(name).toString();
  }

  private void take(String data, String lines) {
    Shell.Result in = shell.runWithInput(lines, "nostr", "import", "--data", data);
    assertThat(in.exitCode()).as(in.err()).isZero();
  }

  /// Notes of which four have each second, a name, and a deletion of what is not here.
  private static List<Event> events() {
    List<Event> notes = Events.notes(901);
    List<Event> events = new ArrayList<>(notes.subList(0, 900));
    events.add(Events.event(Events.key(1), 0, Events.THEN, "{\"name\":\"Ann\"}"));
    Tag gone = Tag.of("e", notes.getLast().id().hex());
    events.add(Events.event(Events.key(1_000), 5, Events.THEN + 1_000, "", gone));
    return events;
  }

  @Test
  void isTheNewestFirstTheOtherWayRoundAndIsImportedWhole() {
    take(data("one"), Events.lines(events()));
    List<String> newest = shell.run("nostr", "export", "--data", data("one")).lines();
    assertThat(newest).hasSize(902);
    Shell.Result oldest = shell.run("nostr", "export", "--data", data("one"), "--oldest-first");
    assertThat(oldest.exitCode()).as(oldest.err()).isZero();
    assertThat(oldest.lines()).isEqualTo(newest.reversed());
    take(data("two"), oldest.out());
    assertThat(shell.run("nostr", "export", "--data", data("two")).lines()).isEqualTo(newest);
  }

  @Test
  void aRelayThatRunsIsReadInTheSameOrderHoweverLittleItTellsAtOnce() {
    try (TestRelay relay = TestRelay.on(folder.resolve("data"), Map.of("nostr.limit_max", 100))) {
      Shell.Result in =
          shell.runWithInput(Events.lines(events()), "nostr", "import", "--relay", relay.url());
      assertThat(in.exitCode()).as(in.err()).isZero();
      List<String> newest = shell.run("nostr", "export", "--relay", relay.url()).lines();
      Shell.Result oldest = shell.run("nostr", "export", "--relay", relay.url(), "--oldest-first");
      assertThat(oldest.exitCode()).as(oldest.err()).isZero();
      assertThat(oldest.lines()).hasSize(902).isEqualTo(newest.reversed());
      assertThat(
              shell
                  .run("nostr", "export", "--relay", relay.url(), "--oldest-first", "-l", "10")
                  .lines())
          .isEqualTo(newest.subList(0, 10).reversed());
    }
  }
}
