package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Changes some fields of an entity.
@Command(
    name = "patch",
    mixinStandardHelpOptions = true,
    description = "Changes some fields of an entity; null removes one.",
    footer = {
      "",
      "Examples:",
      "  anabranch patch org:demo Note n1 done:=true",
      "  anabranch patch org:demo Note n1 title:=null --if-match 2"
    })
public final class PatchCommand extends RemoteCommand {

  @Mixin private EntityPlace place = new EntityPlace();
  @Mixin private WriteOptions write = new WriteOptions();

  @Parameters(
      index = "3..*",
      arity = "1..*",
      paramLabel = "FIELD",
      description = Fields.DESCRIPTION)
  private List<String> fields = List.of();

  /// A command of these surroundings.
  public PatchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    JsonObject body = Fields.naming("scope", place.scope, Fields.of(fields, surroundings()));
    RemoteServer.Answer answer = remote.send("PATCH", write.on(remote.request(place.path())), body);
    output().value(answer.orFail("id", "scope", "version"), isJson());
    return 0;
  }
}
