package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes an entity whole.
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description = "Writes an entity: makes it, or lays the fields over one that is there.",
    footer = {
      "",
      "Examples:",
      "  anabranch put org:demo Note n1 title=Hello done:=false",
      "  anabranch put org:demo Note - title=\"The server chooses the id\"",
      "  echo '{\"title\":\"Hi\"}' | anabranch put org:demo Note n1 - --key k1"
    })
public final class PutCommand extends RemoteCommand {

  @Mixin private EntityPlace place = new EntityPlace();
  @Mixin private WriteOptions write = new WriteOptions();

  @Parameters(
      index = "3..*",
      arity = "0..*",
      paramLabel = "FIELD",
      description = Fields.DESCRIPTION)
  private List<String> fields = List.of();

  @Option(names = "--new", description = "Only if there is none yet; otherwise exit status 1.")
  private boolean isNew;

  /// A command of these surroundings.
  public PutCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    JsonObject body = Fields.naming("scope", place.scope, Fields.of(fields, surroundings()));
    if (!place.id.equals("-")) {
      body = Fields.naming("id", place.id, body);
    }
    HttpRequest.Builder request =
        write.on(remote.request("/api/" + RemoteServer.encoded(place.model)));
    if (isNew) {
      request.header("If-None-Match", "*");
    }
    output().value(remote.send("POST", request, body).orFail("id", "scope", "version"), isJson());
    return 0;
  }
}
