package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Deletes an entity.
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes an entity.",
    footer = {"", "Example:", "  anabranch delete org:demo Note n1 --if-match 3"})
public final class DeleteCommand extends RemoteCommand {

  @Mixin private EntityPlace place = new EntityPlace();
  @Mixin private WriteOptions write = new WriteOptions();

  /// A command of these surroundings.
  public DeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int ask(RemoteServer remote) {
    String path = place.path() + "?scope=" + RemoteServer.encoded(place.scope);
    RemoteServer.Answer answer = remote.send(write.on(remote.request(path)).DELETE());
    output().value(answer.orFail("id", "scope", "version"), isJson());
    return 0;
  }
}
