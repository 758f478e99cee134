package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Admission;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.transport.Listen;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportMetrics;
import dev.anabranch.transport.TransportServer;
import dev.anabranch.transport.TransportSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands that meet another program where they look for a server.
@Timeout(60)
class StrangerTest {

  private static final String KEY =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

  private final NettyLoops loops = NettyLoops.start(1, 1_000);
  private Optional<TransportServer> stranger = Optional.empty();

  private Shell asking(HttpAnswer answer) {
    TransportServer server =
        TransportServer.start(
            TransportSettings.of(new Listen("127.0.0.1", 0, Optional.empty())),
            loops,
            head -> new HttpRoute(100_000, (request, exchange) -> exchange.answer(answer)),
            handshake -> CompletableFuture.completedFuture(Admission.refuse(answer)),
            TransportMetrics.NONE);
    stranger = Optional.of(server);
    return new Shell()
        .with("ANABRANCH_URL", "http://127.0.0.1:" + server.addresses().getFirst().getPort());
  }

  @AfterEach
  void stop() {
    stranger.ifPresent(TransportServer::close);
    loops.close();
  }

  private static void refuse(Shell shell, String line) {
    for (List<String> words : COMMANDS) {
      Shell.Result met = shell.run(words.toArray(String[]::new));
      assertThat(met.exitCode()).as("%s: %s", words, met.err()).isEqualTo(3);
      assertThat(met.out()).as("%s", words).isEmpty();
      assertThat(met.err()).contains("is no Anabranch", line).hasLineCount(1);
    }
  }

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("put", "org:1", "Note", "n", "a=1"),
          List.of("patch", "org:1", "Note", "n", "a=1"),
          List.of("delete", "org:1", "Note", "n"),
          List.of("get", "org:1", "Note", "n"),
          List.of("log", "org:1"),
          List.of("snapshot", "org:1"),
          List.of("tail", "org:1"),
          List.of("tail", "org:1", "--after", "0"),
          List.of("status"),
          List.of("grant", "add", "org:1", "ann", "read"),
          List.of("grant", "remove", "org:1", "ann"),
          List.of("grant", "list", "org:1"),
          List.of("token", "create", "ann"),
          List.of("token", "list"),
          List.of("token", "revoke", "abcdefghijklmnop"),
          List.of("key", "list"),
          List.of("key", "revoke", KEY),
          List.of("document", "read", "org:1", "d"),
          List.of("document", "snapshot", "org:1", "d", "s"),
          List.of("document", "snapshots", "org:1", "d"),
          List.of("document", "diff", "org:1", "d", "s"),
          List.of("document", "restore", "org:1", "d", "s"));

  @ParameterizedTest
  @ValueSource(ints = {200, 404})
  void aPageOfTheWebIsNoAnswer(int status) {
    byte[] page = "<!doctype html><title>Hello</title>".getBytes(StandardCharsets.UTF_8);
    refuse(
        asking(HttpAnswer.of(status, "text/html; charset=utf-8", page)),
        "it says " + status + " with text/html; give another --url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "null", "{\"code\":1,\"status\":true,\"message\":\"ok\"}"})
  void jsonOfAnotherShapeIsNoAnswer(String json) {
    refuse(
        asking(HttpAnswer.json(200, json.getBytes(StandardCharsets.UTF_8))),
        "it says 200 with application/json");
  }
}
