package dev.anabranch.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `bench simulate` prints.
final class SimulateCommandTest {

  private final StringWriter out = new StringWriter();

  @Test
  void oneSeedIsASentence() {
    assertThat(run("--seed", "5")).isZero();
    assertThat(out.toString()).startsWith("seed 5 keeps every law: ");
  }

  @Test
  void oneSeedSpeaksJsonToo() {
    assertThat(run("--seed", "5", "--json")).isZero();
    JsonNode said = said();
    assertThat(said.get("seed").asLong()).isEqualTo(5);
    assertThat(said.get("broken").isEmpty()).isTrue();
    assertThat(said.get("events").asLong()).isPositive();
    assertThat(said.get("happened").isObject()).isTrue();
  }

  @Test
  void manySeedsAreOneLineOfJson() {
    assertThat(run("--seeds", "3", "--first", "7", "--json")).isZero();
    JsonNode said = said();
    assertThat(said.get("seeds").asLong()).isEqualTo(3);
    assertThat(said.get("failed").asLong()).isZero();
    assertThat(said.get("failures").isEmpty()).isTrue();
  }

  private int run(String... arguments) {
    return new CommandLine(new SimulateCommand())
        .setOut(new PrintWriter(out, true))
        .execute(arguments);
  }

  private JsonNode said() {
    assertThat(out.toString().lines()).hasSize(1);
    return JsonMapper.shared().readTree(out.toString());
  }
}
