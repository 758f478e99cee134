package dev.anabranch.cli.demo;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.TemporaryFolder;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows two devices that part and meet again.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Shows in 20 seconds what a device can do without a line: two clients and a server of"
            + " their own, one goes offline, both write, the server is killed, they meet again.",
    footer = {
      "",
      "Examples:",
      "  anabranch demo",
      "  anabranch demo replay code_changes.ndjson.gz"
    })
public final class DemoCommand implements Callable<Integer> {

  /// The story has nine of them; a server that starts and ends stands around it.
  private static final long BEAT_MILLIS = 1_850;

  @Option(names = "--fast", description = "Do not wait for the reader.")
  private boolean fast;

  @Option(names = "--json", description = "Tell only the end, as one JSON object.")
  private boolean json;

  private final Surroundings surroundings;

  private DemoCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// The command with its subcommand `replay`.
  public static CommandLine of(Surroundings surroundings) {
    return new CommandLine(new DemoCommand(surroundings))
        .addSubcommand(new ReplayCommand(surroundings));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TemporaryFolder folder = TemporaryFolder.named("anabranch-demo");
        ServerProcess server = new ServerProcess(folder.path(), Optional.empty());
        OfflineDemo demo =
            new OfflineDemo(
                server,
                folder.path(),
                json ? Output.nowhere() : surroundings.output(),
                fast || json ? 0 : BEAT_MILLIS)) {
      boolean same = demo.run();
      if (json) {
        surroundings.output().value(JsonObject.EMPTY.with("same", JsonBoolean.of(same)), true);
      }
      return same ? 0 : CommandFailure.NO;
    }
  }
}
