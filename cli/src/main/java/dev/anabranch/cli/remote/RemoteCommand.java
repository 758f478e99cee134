package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command that asks a server.
abstract class RemoteCommand implements Callable<Integer> {

  @Mixin private ServerOptions server;

  @Option(names = "--json", description = "One line of JSON for each result, also on a terminal.")
  private boolean json;

  private final Surroundings surroundings;

  RemoteCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.server = new ServerOptions();
  }

  @Override
  public Integer call() {
    try (RemoteServer remote = server.connect(surroundings)) {
      return ask(remote);
    }
  }

  /// Asks, and tells; the exit status.
  abstract int ask(RemoteServer remote);

  /// The options that say which server, as they would be typed again.
  String typedPlace() {
    return server.typed();
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Output output() {
    return surroundings.output();
  }

  boolean isJson() {
    return json;
  }
}
