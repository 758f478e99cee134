package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// State × message, every cell: what a session answers, and whether it ends.
class SessionTableTest {
  private static final Map<String, String> MESSAGES = new LinkedHashMap<>();

  static {
    MESSAGES.put("auth, good", "{\"type\":\"auth\",\"token\":\"ann\"}");
    MESSAGES.put("auth, bad", "{\"type\":\"auth\",\"token\":\"eve\"}");
    MESSAGES.put("subscribe", "{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    MESSAGES.put("unsubscribe", "{\"type\":\"unsubscribe\",\"scope\":\"org:1\"}");
    MESSAGES.put("push", "{\"type\":\"push\",\"writes\":[]}");
    MESSAGES.put("presence", "{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{}}");
    MESSAGES.put("ping", "{\"type\":\"ping\"}");
    MESSAGES.put("unknown type", "{\"type\":\"live\"}");
    MESSAGES.put("wrong field", "{\"type\":\"subscribe\",\"scope\":7}");
    MESSAGES.put("no JSON", "hello");
    MESSAGES.put("bytes", "");
  }

  private static final String[][] TABLE = {
    // message        CHECKING                STRANGER                OPEN                   ENDED
    {"auth, good", "waits", "authenticated", "authenticated", "nothing"},
    {"auth, bad", "waits", "unauthenticated, ends", "unauthenticated, ends", "nothing"},
    {"subscribe", "waits", "unauthenticated, ends", "bootstrap live", "nothing"},
    {"unsubscribe", "waits", "unauthenticated, ends", "nothing", "nothing"},
    {"push", "waits", "unauthenticated, ends", "pushed", "nothing"},
    {"presence", "waits", "unauthenticated, ends", "nothing", "nothing"},
    {"ping", "waits", "pong", "pong", "nothing"},
    {"unknown type", "unknown_type", "unknown_type", "unknown_type", "nothing"},
    {"wrong field", "invalid", "invalid", "invalid", "nothing"},
    {"no JSON", "malformed", "malformed", "malformed", "nothing"},
    {"bytes", "binary_frame, ends", "binary_frame, ends", "binary_frame, ends", "nothing"},
  };

  @TestFactory
  Stream<DynamicTest> everyCell() {
    assertThat(Stream.of(TABLE).map(row -> row[0])).containsExactlyElementsOf(MESSAGES.keySet());
    return Stream.of(TABLE)
        .flatMap(row ->
            Stream.of(
                cell(row[0], "CHECKING", row[1]),
                cell(row[0], "STRANGER", row[2]),
                cell(row[0], "OPEN", row[3]),
                cell(row[0], "ENDED", row[4])));
  }

  private static DynamicTest cell(String message, String state, String expected) {
    return DynamicTest.dynamicTest(
        state + " × " + message + " → " + expected,
        () -> assertThat(answer(message, state)).isEqualTo(expected));
  }

  private static String answer(String message, String state) {
    CompletableFuture<Answer<Caller>> never = new CompletableFuture<>();
    World world =
        state.equals("CHECKING") ? World.guardedBy((token, peer) -> never) : World.guarded();
    world.grant("ann", "read");
    TestLink link =
        state.equals("OPEN") ? world.connect("Authorization", "Bearer ann") : world.connect();
    if (state.equals("ENDED")) {
      link.sayBytes(new byte[1]);
    }
    link.heard();
    boolean closedBefore = link.closeCode() != 0;
    String frame = MESSAGES.get(message);
    if (message.equals("bytes")) {
      link.sayBytes(new byte[] {1});
    } else {
      link.say(frame == null ? "" : frame);
    }
    return said(link.heard(), link.closeCode() != 0 && !closedBefore, state);
  }

  private static String said(List<ToClient> heard, boolean ended, String state) {
    String said = String.join(" ", heard.stream().map(SessionTableTest::word).toList());
    if (said.isEmpty()) {
      said = state.equals("CHECKING") ? "waits" : "nothing";
    }
    return ended ? said + ", ends" : said;
  }

  private static String word(ToClient message) {
    return message instanceof ErrorAnswer error
        ? error.code()
        : message.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  @TestFactory
  Stream<DynamicTest> whatWaitedIsHandledInOrderOnceTheTokenIsChecked() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "yes",
            () -> {
              CompletableFuture<Answer<Caller>> answer = new CompletableFuture<>();
              World world = World.guardedBy((token, peer) -> answer);
              world.grant("ann", "read");
              TestLink link = world.connect("Authorization", "Bearer ann");
              MESSAGES.entrySet().stream()
                  .filter(each -> List.of("ping", "push", "subscribe").contains(each.getKey()))
                  .forEach(each -> link.say(each.getValue()));
              assertThat(link.heard()).isEmpty();

              answer.complete(new Answer.Given<>(World.ANN));
              world.turns.settle();

              assertThat(said(link.heard(), false, "OPEN")).isEqualTo("pushed pong bootstrap live");
            }),
        DynamicTest.dynamicTest(
            "no",
            () -> {
              CompletableFuture<Answer<Caller>> answer = new CompletableFuture<>();
              World world = World.guardedBy((token, peer) -> answer);
              TestLink link = world.connect("Authorization", "Bearer eve");
              link.say("{\"type\":\"ping\"}");

              World.known("eve").thenAccept(answer::complete);
              world.turns.settle();

              assertThat(said(link.heard(), link.closeCode() == 1008, "CHECKING"))
                  .isEqualTo("unauthenticated, ends");
            }),
        DynamicTest.dynamicTest(
            "no, and none was shown",
            () -> {
              CompletableFuture<Answer<Caller>> answer = new CompletableFuture<>();
              World world =
                  World.guardedBy((token, peer) -> token == null ? answer : World.known(token));
              TestLink link = world.connect();
              link.say("{\"type\":\"ping\"}");
              link.say("{\"type\":\"auth\",\"token\":\"ann\"}");

              World.known(null).thenAccept(answer::complete);
              world.turns.settle();

              assertThat(said(link.heard(), false, "CHECKING")).isEqualTo("pong authenticated");
            }),
        DynamicTest.dynamicTest(
            "more than may wait",
            () -> {
              World world = World.guardedBy((token, peer) -> new CompletableFuture<>());
              TestLink link = world.connect();
              for (int n = 0; n < 65; n++) {
                link.say("{\"type\":\"ping\"}");
              }

              assertThat(said(link.heard(), false, "CHECKING")).isEqualTo("rate_limited");
            }));
  }
}
