package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// State × event of one scope's subscription, every cell: what the client hears from then on.
///
/// `BOOTSTRAPPING` and `FOLLOWING` are caught in the act: the kernel's answer is held back until
/// the event has happened. The scope holds one message, and a grant before it, so its head is 2.
class SubscriptionTableTest {
  private static final String[][] TABLE = {
    // event          NONE              BOOTSTRAPPING     FOLLOWING         LIVE
    {"subscribe 0", "bootstrap live", "bootstrap live", "bootstrap live", "bootstrap live"},
    {"subscribe 2", "live", "live", "live", "live"},
    {"unsubscribe", "", "", "", ""},
    {"change", "", "bootstrap live", "sync live", "sync"},
    {"right taken", "", "forbidden", "forbidden", "sync refetch"},
    {"outbox full", "", "bootstrap live", "live", ""},
    {"link gone", "", "", "", ""},
  };

  @TestFactory
  Stream<DynamicTest> everyCell() {
    return Stream.of(TABLE)
        .flatMap(row ->
            Stream.of(
                cell(row[0], "NONE", row[1]),
                cell(row[0], "BOOTSTRAPPING", row[2]),
                cell(row[0], "FOLLOWING", row[3]),
                cell(row[0], "LIVE", row[4])));
  }

  private static DynamicTest cell(String event, String state, String expected) {
    return DynamicTest.dynamicTest(
        state + " × " + event + " → " + expected,
        () -> assertThat(heard(event, state)).isEqualTo(expected));
  }

  private static String heard(String event, String state) {
    World world = World.guarded();
    world.grant("bob", "read");
    world.put("m1", "text");
    TestLink link = world.connect("Authorization", "Bearer bob");
    switch (state) {
      case "BOOTSTRAPPING" -> {
        world.kernel.hold();
        subscribe(link, 0);
      }
      case "FOLLOWING" -> {
        world.kernel.hold();
        subscribe(link, 2);
      }
      case "LIVE" -> subscribe(link, 0);
      default -> {}
    }
    link.heard();
    happen(event, world, link);
    world.kernel.release(false);
    world.turns.settle();
    return String.join(" ", link.heard().stream().map(SubscriptionTableTest::word).toList());
  }

  private static void happen(String event, World world, TestLink link) {
    switch (event) {
      case "subscribe 0" -> subscribe(link, 0);
      case "subscribe 2" -> subscribe(link, 2);
      case "unsubscribe" -> link.say("{\"type\":\"unsubscribe\",\"scope\":\"org:1\"}");
      case "change" -> world.put("m2", "text");
      case "right taken" -> world.grant("bob", "none");
      case "outbox full" -> {
        link.fill();
        world.kernel.release(false);
        world.turns.settle();
        link.drain();
      }
      case "link gone" -> link.cut();
      default -> throw new IllegalArgumentException(event);
    }
  }

  private static void subscribe(TestLink link, long lastSyncId) {
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":" + lastSyncId + "}");
  }

  private static String word(ToClient message) {
    return message instanceof ErrorAnswer error
        ? error.code()
        : message.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
