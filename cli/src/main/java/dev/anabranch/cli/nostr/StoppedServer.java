package dev.anabranch.cli.nostr;

import dev.anabranch.cli.folder.StoreOptions;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.Configuration;
import java.util.Map;
import java.util.Optional;

/// The relay of a data folder whose server does not run: it is started on a free port of this
/// machine for as long as the command takes, so that events go in by the same rules as ever.
///
/// @param calledAs what it calls itself, as ever: requests to vanish name it, and the bridge's
///   events
record StoppedServer(RunningServer server, Optional<RelayUrl> calledAs) implements AutoCloseable {

  /// What this server does otherwise than the one that usually runs here.
  private static final Map<String, Object> SETTINGS =
      Map.ofEntries(
          Map.entry("server.host", "127.0.0.1"),
          Map.entry("server.port", 0),
          Map.entry("tls.certificates", ""),
          Map.entry("tls.private_key", ""),
          Map.entry("log.level", "error"),
          Map.entry("nostr.enabled", true),
          Map.entry("nostr.writers", "anyone"),
          Map.entry("nostr.readers", "anyone"),
          Map.entry("nostr.allowed", ""),
          Map.entry("nostr.blocked", ""),
          Map.entry("nostr.frames_per_second", 0),
          Map.entry("nostr.events_per_second", 0),
          Map.entry("nostr.address_events_per_second", 0),
          Map.entry("nostr.author_events_per_second", 0),
          Map.entry("nostr.requests_per_second", 0),
          Map.entry("nostr.address_requests_per_second", 0));

  /// Starts it.
  static StoppedServer on(StoreOptions place, Surroundings surroundings) {
    Configuration configuration = place.configuration(surroundings, SETTINGS);
    return new StoppedServer(
        Server.start(configuration), configuration.nostr().url().map(RelayOptions::parsed));
  }

  RelayUrl relay() {
    return RelayUrl.of(server.uri().toString());
  }

  @Override
  public void close() {
    server.close();
  }
}
