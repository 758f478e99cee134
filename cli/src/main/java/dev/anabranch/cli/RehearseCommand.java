package dev.anabranch.cli;

import static dev.anabranch.client.Fields.fields;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.TemporaryFolder;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Does once what a server and its commands do all day, on a folder that is deleted afterwards.
///
/// The launcher runs it while the JVM records its start-up cache (JEP 514), so that the classes of
/// a served request are in it. See `docs/decisions/0005`.
@Command(
    name = "rehearse",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Serves a few requests to itself, for the JVM's start-up cache.",
    footer = {"", "Example:", "  anabranch rehearse"})
final class RehearseCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SCOPE = "org:rehearsal";

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TemporaryFolder folder = TemporaryFolder.named("anabranch-rehearsal");
        RunningServer server = Server.start(configuration(folder.path().resolve("server")))) {
      commands(server.uri());
      boolean seen = client(server.uri(), folder.path().resolve("replica.db"));
      return seen ? 0 : CommandFailure.NO;
    }
  }

  private static Configuration configuration(Path data) {
    return new ConfigurationSource()
        .environment(Map.of())
        .flag("server.port", Optional.of(0))
        .flag("server.data", Optional.of(data))
        .read();
  }

  /// Every command that asks a server, once.
  private static void commands(URI server) {
    Surroundings quiet =
        new Surroundings(
            Map.of("ANABRANCH_URL", server.toString()),
            InputStream.nullInputStream(),
            Output.nowhere());
    for (List<String> words :
        List.of(
            List.of("put", SCOPE, "Note", "n1", "title=First"),
            List.of("patch", SCOPE, "Note", "n1", "done:=true"),
            List.of("get", SCOPE, "Note", "n1"),
            List.of("snapshot", SCOPE),
            List.of("log", SCOPE),
            List.of("tail", SCOPE, "--after", "0", "--count", "2"),
            List.of("status"))) {
      int status = Anabranch.commandLine(quiet).execute(words.toArray(String[]::new));
      if (status != 0) {
        throw new CommandFailure(status, "the rehearsal of " + words + " ended with " + status);
      }
    }
  }

  /// A client's write on its way there and back, over a WebSocket.
  private static boolean client(URI server, Path replica) throws InterruptedException {
    try (dev.anabranch.client.Anabranch client =
        dev.anabranch.client.Anabranch.open(server.toString(), replica)) {
      client.scope(SCOPE).put("Note", "n2", fields("title", "Second"));
      return client.awaitQuiet(PATIENCE);
    }
  }
}
