package dev.anabranch.cli;

import dev.anabranch.cli.terminal.Surroundings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints a script by which a shell completes commands and options.
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script by which bash or zsh completes commands and options.",
    footer = {"", "Example:", "  source <(anabranch completion)"})
final class CompletionCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  private final Surroundings surroundings;

  CompletionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("completion stands outside a command line");
    }
    surroundings
        .output()
        .line(AutoComplete.bash("anabranch", spec.root().commandLine()).stripTrailing());
    return 0;
  }
}
