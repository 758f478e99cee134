package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.testkit.NpmFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Runs npm yjs beside us on fresh sessions.
///
/// A million operations: `mvn -q -pl crdt -am test -Dtest=LiveSessionsTest
/// -Dcrdt.operations=1000000 -Dsurefire.failIfNoSpecifiedTests=false`; other sessions with
/// `-Dcrdt.seed=…`.
class LiveSessionsTest {
  private static final int OPERATIONS = Integer.getInteger("crdt.operations", 20_000);
  private static final int SEED = Integer.getInteger("crdt.seed", 100_000);

  @Test
  void makesEveryByteThatYjsMakesInFreshSessions() throws IOException, InterruptedException {
    Process oracle =
        NpmFolder.installed("src/test/js", "target/oracle")
            .node("generate.mjs", Integer.toString(SEED), Integer.toString(OPERATIONS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader record =
        new BufferedReader(
            new InputStreamReader(oracle.getInputStream(), StandardCharsets.UTF_8))) {
      RecordedSessions.Played played = RecordedSessions.play(record);

      System.out.println(
          "yjs and crdt agreed on " + played.operations() + " operations, from seed " + SEED);
      assertThat(played.operations()).isGreaterThanOrEqualTo(OPERATIONS);
    } finally {
      oracle.destroy();
    }
  }
}
