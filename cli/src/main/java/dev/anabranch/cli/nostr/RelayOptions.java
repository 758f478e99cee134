package dev.anabranch.cli.nostr;

import dev.anabranch.cli.remote.ServerOptions;
import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which relays, and whom to believe that it is they.
final class RelayOptions {

  private static final int PORT_MAX = 65_535;

  @Option(
      names = {"-r", "--relay"},
      paramLabel = "URL",
      description =
          "A relay, wss://…; once more for each further one, where a command takes several."
              + " Default: ANABRANCH_RELAY (several with blanks between), else the server that"
              + " ANABRANCH_URL names or that runs here.")
  private List<String> relays = List.of();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Certificates (PEM) to trust instead of the machine's. Default: ANABRANCH_CA.")
  private @Nullable Path certificates;

  /// The relays, at least one.
  List<RelayUrl> relays(Surroundings surroundings) {
    List<String> named = new ArrayList<>(relays);
    if (named.isEmpty()) {
      String variable = surroundings.variable("ANABRANCH_RELAY").strip();
      named.addAll(variable.isEmpty() ? List.of() : List.of(variable.split("[\\s,]+")));
    }
    if (named.isEmpty()) {
      named.add(ServerOptions.usual(surroundings).toString());
    }
    return named.stream().map(RelayOptions::parsed).toList();
  }

  /// The one relay.
  RelayUrl relay(Surroundings surroundings) {
    List<RelayUrl> all = relays(surroundings);
    if (all.size() > 1) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "this command takes one --relay, not " + all.size());
    }
    return all.getFirst();
  }

  static RelayUrl parsed(String text) {
    try {
      RelayUrl relay = RelayUrl.of(text);
      if (relay.http().getPort() <= PORT_MAX) {
        return relay;
      }
      throw new IllegalArgumentException("a port is at most " + PORT_MAX);
    } catch (IllegalArgumentException no) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "not the address of a relay (wss://host): " + text, no);
    }
  }

  /// What really went wrong.
  static Throwable causeOf(ExecutionException failed) {
    return failed.getCause() == null ? failed : failed.getCause();
  }

  Optional<Path> certificates(Surroundings surroundings) {
    String variable = surroundings.variable("ANABRANCH_CA");
    return certificates == null && !variable.isEmpty()
        ? Optional.of(Path.of(variable))
        : Optional.ofNullable(certificates);
  }
}
