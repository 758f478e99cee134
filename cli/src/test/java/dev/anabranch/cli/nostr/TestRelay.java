package dev.anabranch.cli.nostr;

import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A whole server of this process, which can be stopped and come back in the same place.
final class TestRelay implements AutoCloseable {

  private final Map<String, Object> settings = new HashMap<>();
  private Optional<RunningServer> server = Optional.empty();

  private TestRelay(Path data, Map<String, ?> more) {
    settings.put("server.data", data);
    settings.put("server.port", 0);
    settings.put("nostr.author_events_burst", 100_000);
    settings.put("nostr.events_burst", 100_000);
    settings.put("nostr.address_events_burst", 100_000);
    settings.putAll(more);
  }

  static TestRelay on(Path data) {
    return on(data, Map.of());
  }

  static TestRelay on(Path data, Map<String, ?> settings) {
    TestRelay relay = new TestRelay(data, settings);
    relay.start();
    return relay;
  }

  void start() {
    ConfigurationSource source = new ConfigurationSource();
    settings.forEach((setting, value) -> source.flag(setting, Optional.of(value)));
    RunningServer running = Server.start(source.read());
    server = Optional.of(running);
    settings.put("server.port", running.address().getPort());
  }

  void stop() {
    server.ifPresent(RunningServer::close);
    server = Optional.empty();
  }

  String url() {
    return "ws://127.0.0.1:" + settings.get("server.port") + "/";
  }

  @Override
  public void close() {
    stop();
  }
}
