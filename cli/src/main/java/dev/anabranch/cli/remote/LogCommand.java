package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows the changes of a scope.
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    description = "Shows the changes of a scope in order, to its head.",
    footer = {
      "",
      "Examples:",
      "  anabranch log org:demo",
      "  anabranch log org:demo --after 1000 --limit 20 --json"
    })
public final class LogCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
  private String scope = "";

  @Option(
      names = "--after",
      paramLabel = "ID",
      description = "Only changes behind this id. Default: from the beginning.")
  private long after;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
  private long limit = Long.MAX_VALUE;

  /// A command of these surroundings.
  public LogCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    Range.NOT_NEGATIVE.check("--after", after);
    Range.POSITIVE.check("--limit", limit);
    long cursor = after;
    long left = limit;
    while (left > 0 && !output().isBroken()) {
      String path =
          "/sync/delta?scope="
              + RemoteServer.encoded(scope)
              + "&lastSyncId="
              + cursor
              + "&limit="
              + Math.min(left, 500);
      JsonObject page = remote.send(remote.request(path).GET()).orFail("events", "latestSyncId");
      List<Json> events =
          page.get("events") instanceof JsonArray array ? array.values() : List.of();
      events.forEach(this::tell);
      left -= events.size();
      cursor = page.number("latestSyncId").orElse(cursor);
      if (events.isEmpty() || page.get("hasMore") != JsonBoolean.TRUE) {
        break;
      }
    }
    return 0;
  }

  private void tell(Json event) {
    if (event instanceof JsonObject object) {
      output()
          .line(
              isJson() || !output().isTerminal() ? object.text() : EventLine.of(object, output()));
    }
  }
}
