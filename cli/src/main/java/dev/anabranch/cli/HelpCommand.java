package dev.anabranch.cli;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Explains commands and error codes.
@Command(
    name = "help",
    description = "Explains a command, or an error code.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  anabranch help tail",
      "  anabranch help errors",
      "  anabranch help errors key_reused"
    })
final class HelpCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0..*",
      paramLabel = "WHAT",
      description = "A command; or errors, with a code or without.")
  private List<String> what = List.of();

  private final Surroundings surroundings;

  HelpCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (!what.isEmpty() && what.getFirst().equals("errors")) {
      return errors();
    }
    CommandLine line = root();
    for (String name : what) {
      CommandLine next = line.getSubcommands().get(name);
      if (next == null) {
        throw new CommandFailure(
            CommandFailure.MISUSED, "there is no command " + String.join(" ", what));
      }
      line = next;
    }
    surroundings.output().line(line.getUsageMessage().stripTrailing());
    return 0;
  }

  private CommandLine root() {
    if (spec == null) {
      throw new IllegalStateException("help stands outside a command line");
    }
    return spec.root().commandLine();
  }

  private int errors() {
    if (what.size() == 1) {
      ErrorCatalogue.codes().forEach(surroundings.output()::line);
    } else {
      surroundings.output().line(explained(what.get(1)));
    }
    return 0;
  }

  private static String explained(String code) {
    return ErrorCatalogue.explain(code)
        .orElseThrow(() ->
            new CommandFailure(
                CommandFailure.NO,
                "there is no error code " + code + "; anabranch help errors lists them"));
  }
}
