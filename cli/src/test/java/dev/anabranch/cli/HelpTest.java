package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
    Output output = new Output(nowhere, nowhere, false, false);
    return Anabranch.commandLine(
        new Surroundings(Map.of(), new ByteArrayInputStream(new byte[0]), output));
  }

  static Iterable<String> commands() {
    return commandLine().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItselfAndShowsHowItIsUsed(String name) {
    Shell.Result help = new Shell().run(name, "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("Usage: anabranch " + name)
        .containsPattern("(?s)Example.*anabranch " + name);
    assertThat(new Shell().run("help", name).out().strip()).isEqualTo(help.out().strip());
  }

  static Iterable<String> nostrCommands() {
    return Objects.requireNonNull(commandLine().getSubcommands().get("nostr"))
        .getSubcommands()
        .keySet();
  }

  @ParameterizedTest
  @MethodSource("nostrCommands")
  void everyCommandOfNostrExplainsItselfToo(String name) {
    Shell.Result help = new Shell().run("nostr", name, "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("Usage: anabranch nostr " + name)
        .containsPattern("(?s)Example.*anabranch nostr " + name);
    assertThat(new Shell().run("help", "nostr", name).out().strip()).isEqualTo(help.out().strip());
  }

  @Test
  void withoutACommandItListsThem() {
    Shell.Result help = new Shell().run();
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("serve", "put", "tail", "check", "Exit status");
  }

  @Test
  void whatIsNotKnownIsMisuse() {
    assertThat(new Shell().run("sevre").exitCode()).isEqualTo(2);
    assertThat(new Shell().run("sevre").err()).contains("serve");
    assertThat(new Shell().run("sevre", "--help").exitCode()).isEqualTo(2);
    assertThat(new Shell().run("sevre", "--help").err()).contains("sevre", "serve");
    assertThat(new Shell().run("put", "--fast").exitCode()).isEqualTo(2);
    assertThat(new Shell().run("token").exitCode()).isEqualTo(2);
    assertThat(new Shell().run("help", "sevre").exitCode()).isEqualTo(2);
  }

  @Test
  void aRehearsalServesEveryCommandAndIsNotListed() {
    assertThat(new Shell().run("rehearse").exitCode()).isZero();
    assertThat(new Shell().run().out()).doesNotContain("rehearse");
  }

  @Test
  void completionIsAScript() {
    assertThat(new Shell().run("completion").out())
        .contains("complete -F", "anabranch", "nostr_mirror");
  }
}
