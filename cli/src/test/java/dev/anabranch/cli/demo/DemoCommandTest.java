package dev.anabranch.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.Terminals;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DemoCommandTest {

  private final StringWriter results = new StringWriter();
  private final StringWriter remarks = new StringWriter();

  private int run(String... arguments) {
    Output output =
        new Output(new PrintWriter(results), new PrintWriter(remarks), Terminals.NONE, false);
    return Anabranch.commandLine(new Surroundings(Map.of(), InputStream.nullInputStream(), output))
        .execute(arguments);
  }

  @Test
  void twoDevicesPartAndMeetAgain() {
    assertThat(run("demo", "--fast")).isZero();

    assertThat(results.toString())
        .contains("phone · offline, 2 queued")
        .contains("Party: cake and soup, 25 guests")
        .contains("Both hold the same, and every change counts once.");
  }

  @Test
  void aHistoryThatCannotBeReadIsAMisuse() {
    assertThat(run("demo", "replay", "no-such-file.ndjson.gz")).isEqualTo(2);
    assertThat(remarks.toString()).contains("no-such-file.ndjson.gz cannot be read");
  }
}
