package dev.anabranch.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `anabranch` command: without a subcommand it explains itself.
///
/// Exit codes: 0 done, 1 failed, 2 the arguments were wrong.
@Command(
    name = "anabranch",
    description = "A self-hosted sync engine: many ways in, one ordered log.",
    mixinStandardHelpOptions = true,
    versionProvider = Anabranch.BuiltVersion.class)
public final class Anabranch implements Runnable {
  @Spec private CommandSpec command;

  /// Starts the command line and ends the process with its exit code.
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Anabranch()).execute(arguments));
  }

  @Override
  public void run() {
    command.commandLine().usage(command.commandLine().getOut());
  }

  /// The version that the jar's manifest names; `unpackaged` when run from class files.
  static final class BuiltVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Anabranch.class.getPackage().getImplementationVersion();
      return new String[] {"anabranch " + (version == null ? "unpackaged" : version)};
    }
  }
}
