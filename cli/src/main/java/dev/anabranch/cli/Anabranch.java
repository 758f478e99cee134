package dev.anabranch.cli;

import dev.anabranch.bench.BenchCommand;
import dev.anabranch.cli.demo.DemoCommand;
import dev.anabranch.cli.folder.BackupCommand;
import dev.anabranch.cli.folder.CheckCommand;
import dev.anabranch.cli.folder.CompactCommand;
import dev.anabranch.cli.folder.ExportCommand;
import dev.anabranch.cli.folder.ImportCommand;
import dev.anabranch.cli.folder.ReindexCommand;
import dev.anabranch.cli.folder.RestoreCommand;
import dev.anabranch.cli.nostr.NostrCommand;
import dev.anabranch.cli.remote.DeleteCommand;
import dev.anabranch.cli.remote.DocumentCommand;
import dev.anabranch.cli.remote.GetCommand;
import dev.anabranch.cli.remote.GrantCommand;
import dev.anabranch.cli.remote.KeyCommand;
import dev.anabranch.cli.remote.LogCommand;
import dev.anabranch.cli.remote.PatchCommand;
import dev.anabranch.cli.remote.PutCommand;
import dev.anabranch.cli.remote.SnapshotCommand;
import dev.anabranch.cli.remote.StatusCommand;
import dev.anabranch.cli.remote.TailCommand;
import dev.anabranch.cli.remote.TokenCommand;
import dev.anabranch.cli.remote.TokenCommand.Making;
import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.server.Version;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.transport.TransportFailure;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `anabranch` command: without a subcommand it explains itself.
@Command(
    name = "anabranch",
    description = "A self-hosted sync engine: many ways in, one ordered log.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Anabranch.BuiltVersion.class,
    footer = {
      "",
      "Exit status: 0 done · 1 the answer is no · 2 the command or the configuration cannot be used"
          + " · 3 the server or the database cannot be had.",
      "With --json a failure is one JSON object on standard output, too: code, detail, exit, and"
          + " what the server sent."
    })
public final class Anabranch implements Runnable {

  private static final String JSON = "--json";

  @Spec private CommandSpec command;

  /// Starts the command line and ends the process with its exit status.
  public static void main(String[] arguments) {
    System.exit(commandLine(Surroundings.ofProcess()).execute(arguments));
  }

  /// The whole command line, in these surroundings.
  public static CommandLine commandLine(Surroundings surroundings) {
    InstantSource clock = InstantSource.system();
    RandomGenerator random = new SecureRandom();
    CommandLine line = new CommandLine(new Anabranch());
    line.addSubcommand(new ServeCommand(surroundings))
        .addSubcommand(new PutCommand(surroundings))
        .addSubcommand(new PatchCommand(surroundings))
        .addSubcommand(new DeleteCommand(surroundings))
        .addSubcommand(new GetCommand(surroundings))
        .addSubcommand(new TailCommand(surroundings))
        .addSubcommand(new LogCommand(surroundings))
        .addSubcommand(new SnapshotCommand(surroundings))
        .addSubcommand(new StatusCommand(surroundings))
        .addSubcommand(TokenCommand.of(surroundings, new Making(clock, random)))
        .addSubcommand(GrantCommand.of(surroundings))
        .addSubcommand(KeyCommand.of(surroundings, clock))
        .addSubcommand(DocumentCommand.of(surroundings))
        .addSubcommand(NostrCommand.of(surroundings, new NostrCommand.Seams(clock, random)))
        .addSubcommand(new CheckCommand(surroundings))
        .addSubcommand(new CompactCommand(surroundings, clock))
        .addSubcommand(new ReindexCommand(surroundings))
        .addSubcommand(DemoCommand.of(surroundings))
        .addSubcommand(new BenchCommand())
        .addSubcommand(new ExportCommand(surroundings))
        .addSubcommand(new ImportCommand(surroundings, random))
        .addSubcommand(new BackupCommand(surroundings))
        .addSubcommand(new RestoreCommand(surroundings, random))
        .addSubcommand(new ModelsCommand(surroundings))
        .addSubcommand(new CompletionCommand(surroundings))
        .addSubcommand(new RehearseCommand())
        .addSubcommand(new HelpCommand(surroundings));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(surroundings.output().writer());
    line.setExecutionStrategy(parsed -> executed(parsed, surroundings.output()));
    line.setExecutionExceptionHandler(
        (failure, failed, parsed) -> failed(failure, isForMachines(parsed), surroundings));
    IParameterExceptionHandler misuse = line.getParameterExceptionHandler();
    line.setParameterExceptionHandler((mistake, arguments) -> {
      if (List.of(arguments).contains(JSON)) {
        String sentence = String.valueOf(mistake.getMessage());
        tell(CommandFailure.MISUSED, sentence, JsonObject.EMPTY, surroundings.output());
      }
      return misuse.handleParseException(mistake, arguments);
    });
    return line;
  }

  private static boolean isForMachines(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.subcommand() != null) {
      last = last.subcommand();
    }
    return last.hasMatchedOption(JSON);
  }

  /// One object on standard output, behind whatever came before: a program reads one stream only.
  private static void tell(int exitCode, String sentence, JsonObject answer, Output output) {
    output.value(CommandFailure.told(exitCode, sentence, answer), true);
  }

  /// Picocli forgives words that it does not know as soon as somebody asks for help; the one who
  /// asks for the help of a command that is not there has to be told.
  private static int executed(ParseResult parsed, Output output) {
    for (ParseResult each = parsed; each != null; each = each.subcommand()) {
      if (!each.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(each.commandSpec().commandLine(), each.unmatched());
      }
    }
    return written(new RunLast().execute(parsed), output);
  }

  /// The exit status of a command whose results may not have arrived.
  private static int written(int exitCode, Output output) {
    Optional<String> failure = output.failure();
    failure.ifPresent(why -> output.remark("anabranch: " + why));
    return failure.isPresent() && exitCode == 0 ? CommandFailure.NO : exitCode;
  }

  private static int failed(Exception failure, boolean json, Surroundings surroundings)
      throws Exception {
    int exitCode =
        switch (failure) {
          case CommandFailure no -> no.exitCode();
          case ConfigurationFailure misused -> CommandFailure.MISUSED;
          case TransportFailure unusable
              when unusable.kind() == TransportFailure.Kind.CERTIFICATE ->
              CommandFailure.MISUSED;
          case TransportFailure taken -> CommandFailure.UNREACHABLE;
          case StoreFailure away -> CommandFailure.UNREACHABLE;
          case ReplicaFailure away -> CommandFailure.UNREACHABLE;
          default -> throw failure;
        };
    String sentence = failure.getMessage() + advice(failure);
    if (json) {
      JsonObject answer = failure instanceof CommandFailure no ? no.answer() : JsonObject.EMPTY;
      tell(exitCode, sentence, answer, surroundings.output());
    }
    surroundings.output().flush();
    surroundings.output().remark("anabranch: " + sentence);
    return exitCode;
  }

  private static String advice(Exception failure) {
    if (!(failure instanceof TransportFailure transport)) {
      return "";
    }
    return switch (transport.kind()) {
      case PORT -> "; choose another --port";
      case HOST -> "; give an address of this machine as --host, or 0.0.0.0 for all";
      case CERTIFICATE -> "";
    };
  }

  @Override
  public void run() {
    command.commandLine().usage(command.commandLine().getOut());
  }

  /// The one that a server of this program says, too.
  static final class BuiltVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"anabranch " + Version.text()};
    }
  }
}
