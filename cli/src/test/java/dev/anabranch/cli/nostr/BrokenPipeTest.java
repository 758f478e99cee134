package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.event.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `nostr req` in a pipe whose other end goes away, as `| head -1` does.
@Timeout(180)
class BrokenPipeTest {

  @TempDir Path folder;

  private Process reading(TestRelay relay, Path cache) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Anabranch.class.getName(),
            "nostr",
            "req",
            "--relay",
            relay.url(),
            "--cache",
            cache.toString())
        .redirectError(folder.resolve("said").toFile())
        .start();
  }

  private static void bring(TestRelay relay, Event event) {
    Shell.Result in =
        new Shell()
            .runWithInput(Events.lines(List.of(event)), "nostr", "import", "--relay", relay.url());
    assertThat(in.exitCode()).as(in.err()).isZero();
  }

  @Test
  void reqEndsWhenNobodyReadsAnyMoreAndTellsNextTimeWhatWasNotRead() throws Exception {
    List<Event> notes = Events.notes(2);
    Path cache = folder.resolve("cache.db");
    try (TestRelay relay = TestRelay.on(folder.resolve("relay"))) {
      bring(relay, notes.getFirst());
      Process req = reading(relay, cache);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(req.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).contains(notes.getFirst().id().hex());
      }
      bring(relay, notes.getLast());
      assertThat(req.waitFor()).isZero();
      Shell.Result next =
          new Shell()
              .run("nostr", "req", "--stored", "--relay", relay.url(), "--cache", cache.toString());
      assertThat(next.exitCode()).as(next.err()).isZero();
      assertThat(next.lines()).hasSize(1);
      assertThat(next.out()).contains(notes.getLast().id().hex());
    }
  }
}
