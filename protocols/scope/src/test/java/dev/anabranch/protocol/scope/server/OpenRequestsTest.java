package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Requests that stay open take one of a few places, and give it back however they end.
class OpenRequestsTest {
  private static final String LIVE = "/sync/live?scope=org:1&lastSyncId=0";
  private static final String WAITING = "/sync/delta?scope=org:1&wait=25";

  private final World world =
      World.open(new ScopeLimits(ScopeLimits.Session.DEFAULT, HttpTest.httpWithStreams(1)));

  @Test
  void aStreamThatCannotBeginGivesItsPlaceBack() {
    world.kernel.failWith(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
    assertThat(world.get(LIVE).status()).isEqualTo(503);

    world.kernel.failWith(null);
    assertThat(world.begin("GET", LIVE, null).status()).isEqualTo(200);
  }

  @Test
  void aWaitThatCannotBeginGivesItsPlaceBack() {
    world.kernel.failAfter(1);
    assertThat(world.get(WAITING).status()).isEqualTo(503);

    world.kernel.failAfter(Integer.MAX_VALUE);
    assertThat(world.begin("GET", WAITING, null).status()).isZero();
  }

  @Test
  void aStreamEndsWellWhenTheServerStops() {
    TestExchange stream = world.begin("GET", LIVE, null);
    stream.stop();

    assertThat(stream.finished()).isTrue();
    assertThat(world.begin("GET", LIVE, null).status()).isEqualTo(200);
  }

  @Test
  void aWaitIsAnsweredWhenTheServerStops() {
    TestExchange waiting = world.begin("GET", WAITING, null);
    waiting.stop();

    assertThat(waiting.text()).isEqualTo("{\"events\":[],\"latestSyncId\":0,\"hasMore\":false}");
    assertThat(world.begin("GET", WAITING, null).status()).isZero();
  }

  @Test
  void aWaitThatIsToldAPartSaysThatThereIsMore() {
    TestExchange waiting = world.begin("GET", WAITING, null);
    JsonObject large = JsonObject.EMPTY.with("content", "x".repeat(60_000));
    List<Write> writes =
        IntStream.rangeClosed(1, 10)
            .mapToObj(n -> Write.insert(world.key(), World.message("m" + n), large))
            .toList();
    world.engine.commit(new Commit(World.LOCAL, writes, true));
    world.turns.settle();

    assertThat(waiting.json().number("latestSyncId").orElseThrow()).isBetween(1L, 9L);
    assertThat(waiting.text()).endsWith("\"hasMore\":true}");
  }
}
