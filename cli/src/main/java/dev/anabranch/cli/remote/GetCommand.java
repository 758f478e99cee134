package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Shows an entity.
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Shows an entity as it stands; exit status 1 when there is none.",
    footer = {"", "Example:", "  anabranch get org:demo Note n1"})
public final class GetCommand extends RemoteCommand {

  @Mixin private EntityPlace place = new EntityPlace();

  /// A command of these surroundings.
  public GetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    String path = place.path() + "?scope=" + RemoteServer.encoded(place.scope);
    output()
        .value(remote.send(remote.request(path).GET()).orFail("id", "scope", "version"), isJson());
    return 0;
  }
}
