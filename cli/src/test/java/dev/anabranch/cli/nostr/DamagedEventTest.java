package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.event.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that changed a letter of an event: the database is whole, the event is not its author's.
class DamagedEventTest {

  @TempDir private Path folder;
  private final Shell shell = new Shell();
  private final Event event = Events.event(Events.key(1), 1, Events.THEN, "hello world");
  private Path data = Path.of("");

  @BeforeEach
  void publish() {
    data = folder.resolve("data");
    try (TestRelay relay = TestRelay.on(data)) {
      Shell publisher = new Shell().with("ANABRANCH_RELAY", relay.url());
      for (Event each : List.of(event, Events.event(Events.key(1), 1, Events.THEN + 1, "later"))) {
        Shell.Result published = publisher.runWithInput(each.json() + "\n", "nostr", "publish");
        assertThat(published.exitCode()).as(published.err()).isZero();
      }
    }
    assertThat(shell.run("check", "--data", data.toString()).exitCode()).isZero();
  }

  private void damage() throws IOException {
    Path database = data.resolve("anabranch.db");
    String bytes = Files.readString(database, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains("hello world");
    Files.writeString(
        database, bytes.replace("hello world", "Jello world"), StandardCharsets.ISO_8859_1);
  }

  private void isNamed() {
    Shell.Result check = shell.run("check", "--data", data.toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out()).contains("the original of the change 1 is not what was signed");
    assertThat(check.out()).contains(event.id().hex()).contains("not sound: 1 differences");
  }

  @Test
  void isNamedByCheck() throws IOException {
    damage();
    isNamed();
  }

  @Test
  void isNamedByCheckWhereItsChangeIsNoLongerRetained() throws IOException {
    Shell.Result compact = shell.run("compact", "--data", data.toString(), "--keep-changes", "1");
    assertThat(compact.exitCode()).as(compact.err()).isZero();
    damage();
    isNamed();
  }
}
