package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.Terminals;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
    Output output = new Output(nowhere, nowhere, Terminals.NONE, false);
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

  static Iterable<CommandLine> everyCommand() {
    return withAllBelow(commandLine()).toList();
  }

  private static Stream<CommandLine> withAllBelow(CommandLine line) {
    return Stream.concat(
        Stream.of(line),
        line.getSubcommands().values().stream().distinct().flatMap(HelpTest::withAllBelow));
  }

  /// What is copied from the help must run: no example is broken where a line is full, but where it
  /// says so itself.
  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyExampleStandsWhole(CommandLine line) {
    assertThat(line.getUsageMessage().lines())
        .containsAll(
            Stream.of(line.getCommandSpec().usageMessage().footer())
                .filter(footer -> footer.startsWith("  "))
                .toList());
    assertThat(line.getCommandSpec().usageMessage().footer())
        .filteredOn(footer -> footer.startsWith("    "))
        .allSatisfy(footer -> assertThat(before(footer, line)).endsWith(" \\"));
  }

  private static String before(String footer, CommandLine line) {
    List<String> all = List.of(line.getCommandSpec().usageMessage().footer());
    return all.get(all.indexOf(footer) - 1);
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
