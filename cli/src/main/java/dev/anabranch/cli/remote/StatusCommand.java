package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import picocli.CommandLine.Command;

/// Says whether the server serves.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Says whether the server serves: exit status 0 when it does, 3 when it does not.",
    footer = {"", "Example:", "  anabranch status --url https://sync.example.org --json"})
public final class StatusCommand extends RemoteCommand {

  /// A command of these surroundings.
  public StatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    RemoteServer.Answer ready = remote.send(remote.request("/readyz").GET());
    if (ready.status() < 500 && ready.object().string("status").isEmpty()) {
      JsonObject unused = ready.orFail("status"); // who says no with a code is one of ours
      throw ready.stranger();
    }
    JsonObject index = remote.send(remote.request("/").GET()).object();
    JsonObject status =
        JsonObject.EMPTY
            .with("url", remote.url().toString())
            .with("ready", ready.isGood() ? "yes" : "no")
            .with("version", index.string("version").orElse("unknown"));
    String reason = ready.object().string("reason").orElse("");
    status = reason.isEmpty() ? status : status.with("reason", reason);
    if (isJson() || !output().isTerminal()) {
      output().value(status, true);
    } else {
      output()
          .line(
              remote.url()
                  + " "
                  + (ready.isGood()
                      ? output().in(Colour.GREEN, "serves")
                      : output().in(Colour.RED, "does not serve: " + reason))
                  + ", version "
                  + index.string("version").orElse("unknown"));
    }
    return ready.isGood() ? 0 : CommandFailure.UNREACHABLE;
  }
}
