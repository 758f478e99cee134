package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Gives, takes and lists rights on a scope. A grant is an entity of the model `grant`, whose id is
/// the principal: giving one is a change like any other.
@Command(
    name = "grant",
    mixinStandardHelpOptions = true,
    description = "Gives, takes and lists rights on a scope; needs the right admin there.",
    footer = {
      "",
      "Examples:",
      "  anabranch grant add org:demo ann write",
      "  anabranch grant add org:news anyone read",
      "  anabranch grant remove org:demo ann",
      "  anabranch grant list org:demo"
    })
public final class GrantCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  /// The command with its three verbs.
  public static CommandLine of(Surroundings surroundings) {
    return new CommandLine(new GrantCommand())
        .addSubcommand(new Add(surroundings))
        .addSubcommand(new Remove(surroundings))
        .addSubcommand(new ListAll(surroundings));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which: add, remove or list");
    }
  }

  /// `grant add`.
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Gives a principal a right on a scope, in place of the one it had.")
  static final class Add extends RemoteCommand {

    @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "anyone = everybody.")
    private String principal = "";

    @Parameters(index = "2", paramLabel = "RIGHT", description = "none, read, write or admin.")
    private String right = "";

    Add(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      JsonObject body =
          JsonObject.EMPTY.with("scope", scope).with("id", principal).with("right", right);
      RemoteServer.Answer answer = remote.send("POST", remote.request("/api/grant"), body);
      output().value(answer.orFail("id", "scope", "version"), isJson());
      return 0;
    }
  }

  /// `grant remove`.
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Takes a principal's right on a scope away; what it follows there ends.")
  static final class Remove extends RemoteCommand {

    @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "Whose.")
    private String principal = "";

    Remove(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String path =
          "/api/grant/" + RemoteServer.encoded(principal) + "?scope=" + RemoteServer.encoded(scope);
      output()
          .value(
              remote.send(remote.request(path).DELETE()).orFail("id", "scope", "version"),
              isJson());
      return 0;
    }
  }

  /// `grant list`.
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the rights on a scope.")
  static final class ListAll extends RemoteCommand {

    @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
    private String scope = "";

    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    int ask(RemoteServer remote) {
      String path = "/sync/bootstrap?models=grant&scope=" + RemoteServer.encoded(scope);
      JsonObject answer = remote.send(remote.request(path).GET()).orFail("models");
      if (answer.get("models") instanceof JsonObject models
          && models.get("grant") instanceof JsonArray(List<Json> grants)) {
        grants.forEach(grant -> output().value(grant, true));
      }
      return 0;
    }
  }
}
