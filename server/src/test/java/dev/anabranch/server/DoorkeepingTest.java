package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Peer;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.http.Doorkeeping;
import dev.anabranch.server.operations.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is sent off at the door.
@Timeout(60)
class DoorkeepingTest {

  private static final String STRANGER = "https://stranger.example";
  private static final String APP = "https://app.example.org";

  private static Served listing(String origins) {
    return Served.open(Map.of("auth.mode", "token", "auth.origins", origins));
  }

  /// The status of a handshake.
  private static int knock(Served served, String path, @Nullable String origin) {
    WebSocket.Builder builder = served.client().newWebSocketBuilder();
    if (origin != null) {
      builder.header("Origin", origin);
    }
    URI at = URI.create(served.uri(path).toString().replaceFirst("http", "ws"));
    try {
      builder.buildAsync(at, new WebSocket.Listener() {}).join().abort();
      return 101;
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw failed;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/sync", "/documents/org:1/notes", "/hocuspocus"})
  void whereTheOperatorListedPagesOthersOpenNoSocket(String path) {
    try (Served served = listing(APP)) {
      assertThat(knock(served, path, STRANGER)).isEqualTo(403);
      assertThat(knock(served, path, "null")).isEqualTo(403);
      assertThat(knock(served, path, APP)).isEqualTo(101);
      assertThat(knock(served, path, served.server().uri().toString()))
          .as("a page of the server itself")
          .isEqualTo(101);
      assertThat(knock(served, path, null)).as("no page").isEqualTo(101);
    }
  }

  @Test
  void theRelayIsOpenToPagesOfAnybody() {
    try (Served served = listing(APP)) {
      assertThat(knock(served, "/", STRANGER)).isEqualTo(101);
    }
  }

  /// The relay says its NOTICE; scope sync would answer with an error of its own.
  @Test
  void whatIsNotNostrsIsNotForPagesOfAnybodyThere() {
    try (Served served = listing(APP)) {
      assertThat(answer(served, STRANGER)).startsWith("[\"NOTICE\"");
      assertThat(answer(served, APP)).startsWith("{");
    }
  }

  /// What a page hears at `/` that speaks scope sync, behind the relay's challenge.
  private static String answer(Served served, String origin) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    URI at = URI.create(served.uri("/").toString().replaceFirst("http", "ws"));
    WebSocket socket =
        served
            .client()
            .newWebSocketBuilder()
            .header("Origin", origin)
            .buildAsync(
                at,
                new WebSocket.Listener() {
                  @Override
                  public @Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence text, boolean last) {
                    if (!text.toString().startsWith("[\"AUTH\"")) {
                      answer.complete(text.toString());
                    }
                    from.request(1);
                    return null;
                  }
                })
            .join();
    socket.sendText("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0}", true).join();
    String heard = answer.join();
    socket.abort();
    return heard;
  }

  @Test
  void whereNoPagesAreListedOrAllEverybodyMayKnock() {
    try (Served served = Served.open(Map.of("auth.mode", "token"))) {
      assertThat(knock(served, "/sync", STRANGER)).isEqualTo(101);
    }
    try (Served served = listing("*")) {
      assertThat(knock(served, "/sync", STRANGER)).isEqualTo(101);
    }
  }

  @Test
  void addressesOfOneNetworkShareItsRate() throws IOException {
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("rate.per_second", Optional.of(1))
            .flag("rate.burst", Optional.of(1))
            .flag("auth.mode", Optional.of("token"));
    try (Metrics metrics = new Metrics()) {
      Doorkeeping door = new Doorkeeping(source.read(), () -> 0L, metrics);
      assertThat(asked(door, "2001:db8:0:1::1")).isEmpty();
      assertThat(asked(door, "2001:db8:0:1:ffff::2").map(HttpAnswer::status)).contains(429);
      assertThat(asked(door, "2001:db8:0:2::1")).isEmpty();
    }
  }

  private static Optional<HttpAnswer> asked(Doorkeeping door, String address) throws IOException {
    Peer peer = new Peer(InetAddress.getByName(address), 40_000, false);
    return door.refusal(peer, Headers.empty());
  }
}
