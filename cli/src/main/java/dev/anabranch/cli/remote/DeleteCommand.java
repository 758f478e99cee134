package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Deletes an entity.
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes an entity.",
    footer = {
      "",
      "Examples:",
      "  anabranch delete org:demo Note n1 --if-match 3",
      "  anabranch delete org:demo Note n1 --erase"
    })
public final class DeleteCommand extends RemoteCommand {

  @Mixin private EntityPlace place = new EntityPlace();
  @Mixin private WriteOptions write = new WriteOptions();

  @Option(
      names = "--erase",
      description =
          "Also blank what the log says of it: all of it for the operator, what you wrote for"
              + " anybody else. It cannot be taken back.")
  private boolean erases;

  /// A command of these surroundings.
  public DeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    String path =
        place.path()
            + "?scope="
            + RemoteServer.encoded(place.scope)
            + (erases ? "&erase=true" : "");
    RemoteServer.Answer answer = remote.send(write.on(remote.request(path)).DELETE());
    output().value(answer.orFail("id", "scope", "version"), isJson());
    return 0;
  }
}
