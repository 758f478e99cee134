package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows everything that stands in a scope.
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description =
        "Shows every entity of a scope, one line of JSON each; the last line is the cursor they"
            + " stand for.",
    footer = {
      "",
      "Examples:",
      "  anabranch snapshot org:demo",
      "  anabranch snapshot org:demo --model Note --model Message > backup.ndjson"
    })
public final class SnapshotCommand extends RemoteCommand {

  private static final String NDJSON = "application/x-ndjson";

  @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
  private String scope = "";

  @Option(names = "--model", paramLabel = "NAME", description = "Only this model; repeatable.")
  private List<String> models = List.of();

  /// A command of these surroundings.
  public SnapshotCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    String path = "/sync/bootstrap?scope=" + RemoteServer.encoded(scope);
    if (!models.isEmpty()) {
      path += "&models=" + RemoteServer.encoded(String.join(",", models));
    }
    HttpResponse<InputStream> answer =
        remote.stream(remote.request(path).header("Accept", NDJSON).GET());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      if (remote.isStream(answer, NDJSON)) {
        return tell(lines);
      }
      throw remote.refused(answer, lines.readAllAsString());
    } catch (IOException broken) {
      throw incomplete(broken);
    }
  }

  private int tell(BufferedReader lines) throws IOException {
    String last = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      output().lineOfMany(line);
      last = line;
    }
    if (output().isBroken()) {
      return 0;
    }
    if (!last.startsWith("{\"lastSyncId\"")) {
      throw incomplete(null);
    }
    return 0;
  }

  private static CommandFailure incomplete(@Nullable IOException cause) {
    return new CommandFailure(
        CommandFailure.UNREACHABLE,
        "the snapshot broke off; what was printed is incomplete",
        cause);
  }
}
