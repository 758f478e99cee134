package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.identity.TokenRequest;
import dev.anabranch.server.identity.Tokens;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A server on a free port of this machine, and a client that asks it.
final class Served implements AutoCloseable {

  /// Where a server without a database of its own keeps its key; tests run in several processes.
  private static final String DATA = "target/served-" + ProcessHandle.current().pid();

  private final RunningServer server;
  private final AtomicReference<Store> store;
  private volatile @Nullable ServedDescription description;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private Served(RunningServer server, AtomicReference<Store> store) {
    this.server = server;
    this.store = store;
  }

  /// Over a store in memory, with the defaults.
  static Served open() {
    return open(Map.of());
  }

  /// Over a store in memory.
  ///
  /// @param settings `section.key` and value
  static Served open(Map<String, String> settings) {
    PlainDisk disk = new PlainDisk();
    return open(settings, () -> MemoryStore.open(disk));
  }

  /// Over a store of the test's choice.
  static Served open(Map<String, String> settings, StoreOpener opener) {
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(DATA));
    settings.forEach((setting, value) -> source.flag(setting, Optional.of(value)));
    return open(source.read(), opener);
  }

  /// With a configuration of the test's choice.
  static Served open(Configuration configuration, StoreOpener opener) {
    return open(configuration, opener, WritePolicy.NONE);
  }

  /// Likewise, and with a policy of the test's that judges the relay's events.
  static Served open(Configuration configuration, StoreOpener opener, WritePolicy policy) {
    AtomicReference<Store> opened = new AtomicReference<>();
    RunningServer server =
        Server.start(
            configuration,
            new StoreOpener() {
              @Override
              public Store open() {
                return kept(opener.open());
              }

              @Override
              public Store openAgain(LogEnd end) {
                return kept(opener.openAgain(end));
              }

              private Store kept(Store store) {
                opened.set(store);
                return store;
              }
            },
            policy);
    return new Served(server, opened);
  }

  RunningServer server() {
    return server;
  }

  Store store() {
    return store.get();
  }

  URI uri(String path) {
    return server.uri().resolve(path);
  }

  HttpResponse<String> get(String path) {
    return send(request(path));
  }

  HttpResponse<String> get(String path, String token) {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  HttpResponse<String> post(String path, String json) {
    return send(request(path).header("Content-Type", "application/json").POST(body(json)));
  }

  HttpResponse<String> post(String path, String json, String token) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(body(json)));
  }

  static HttpRequest.BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      HttpRequest asked = request.build();
      HttpResponse<String> answer = client.send(asked, BodyHandlers.ofString());
      if (isDescribed(asked)) {
        holdAgainstTheDescription(asked, answer);
      }
      return answer;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// A browser's question whether it may ask is of no operation.
  private static boolean isDescribed(HttpRequest asked) {
    String path = asked.uri().getRawPath();
    return !asked.method().equals("OPTIONS")
        && (path.startsWith("/api/document/") || path.matches("/admin/(tokens|keys)(/[^/]+)?"));
  }

  private void holdAgainstTheDescription(HttpRequest asked, HttpResponse<String> answer) {
    ServedDescription known = description;
    if (known == null) {
      known = new ServedDescription(get("/openapi.json").body());
      description = known;
    }
    List<String> violations = known.violations(asked.method(), asked.uri().getRawPath(), answer);
    if (!violations.isEmpty()) {
      throw new AssertionError(asked + ": " + violations);
    }
  }

  HttpClient client() {
    return client;
  }

  /// A token made behind the server's back, as the command line does it on a data folder.
  String token(String principal, Authority authority) {
    Credentials credentials = store.get().credentials();
    return new Tokens(credentials, InstantSource.system(), RandomGenerator.of("SecureRandom"))
        .create(new TokenRequest(new PrincipalId(principal), authority, "", null))
        .token()
        .text();
  }

  @Override
  public void close() {
    client.shutdownNow(); // close() would wait for open sockets
    server.close();
  }
}
