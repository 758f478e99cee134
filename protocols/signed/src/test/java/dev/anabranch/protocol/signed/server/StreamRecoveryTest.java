package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.PassingKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whatever comes in between, every scope that `resumed` named becomes live.
class StreamRecoveryTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  /// What is asked next is answered otherwise, once.
  private enum Trouble {
    NONE,
    HEAD_LOST,
    SECOND_PAGE_LOST,
    FOLLOW_LOST,
    BEHIND_RETENTION
  }

  private Trouble trouble = Trouble.NONE;
  private final House house = new House(Troubled::new, new PlainAccounts(), House.loopback());

  private boolean meets(Trouble wanted) {
    boolean now = trouble == wanted;
    trouble = now ? Trouble.NONE : trouble;
    return now;
  }

  private static <T> CompletionStage<T> lost() {
    return CompletableFuture.failedFuture(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
  }

  private final class Troubled extends PassingKernel {
    private Troubled(Kernel behind) {
      super(behind);
    }

    @Override
    public CompletionStage<Answer<ScopeHead>> head(Caller caller, ScopeName scope) {
      return meets(Trouble.HEAD_LOST) ? lost() : super.head(caller, scope);
    }

    @Override
    public CompletionStage<Answer<SnapshotPage>> snapshot(
        Caller caller,
        ScopeName scope,
        Set<ModelName> models,
        SnapshotPage.@Nullable Place after,
        PageLimit limit) {
      return after != null && meets(Trouble.SECOND_PAGE_LOST)
          ? lost()
          : super.snapshot(caller, scope, models, after, limit);
    }

    @Override
    public CompletionStage<Answer<Subscription>> follow(
        Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
      if (meets(Trouble.FOLLOW_LOST)) {
        return lost();
      }
      if (meets(Trouble.BEHIND_RETENTION)) {
        lane.execute(() -> follower.refetch(RefetchReason.CURSOR_BEHIND_RETENTION));
        return CompletableFuture.completedFuture(new Answer.Given<>(new Nothing()));
      }
      return super.follow(caller, scope, afterId, lane, follower);
    }
  }

  private static final class Nothing implements Subscription {
    @Override
    public void resume() {}

    @Override
    public void cancel() {}
  }

  private Client written() {
    Client ann = house.client(ANN);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c\",\"data\":{}}");
    for (int message = 0; message < 6; message++) {
      ann.sync(
          "{\"entity\":\"message\",\"chat\":\"c\",\"action\":\"create\",\"id\":\"m"
              + message
              + "\",\"data\":{\"content\":\""
              + "x".repeat(60_000)
              + "\"}}");
    }
    return ann;
  }

  private List<String> types(String resume, Trouble meeting) {
    Client ann = written();
    trouble = meeting;
    List<JsonObject> frames = new ArrayList<>(ann.say(resume).heardAll());
    ann.link().pass(Duration.ofSeconds(1));
    frames.addAll(ann.heardAll());
    return frames.stream().map(frame -> frame.string("type").orElseThrow()).toList();
  }

  @Test
  void aScopeBegunFromNothingBeginsAnewAfterARefetch() {
    assertThat(types("{\"type\":\"resume\"}", Trouble.BEHIND_RETENTION))
        .containsExactly(
            "resumed", "snapshot", "snapshot", "refetch", "snapshot", "snapshot", "live");
  }

  @Test
  void aScopeWhoseSnapshotBrokeInTheMiddleBeginsAnewLater() {
    assertThat(types("{\"type\":\"resume\"}", Trouble.SECOND_PAGE_LOST))
        .containsExactly("resumed", "snapshot", "refetch", "error", "snapshot", "snapshot", "live");
  }

  @Test
  void aScopeThatWasNotBegunYetBeginsLater() {
    assertThat(types("{\"type\":\"resume\"}", Trouble.HEAD_LOST))
        .containsExactly("resumed", "error", "snapshot", "snapshot", "live");
  }

  @Test
  void aScopeThatHasItsSnapshotGoesOnBehindIt() {
    assertThat(types("{\"type\":\"resume\"}", Trouble.FOLLOW_LOST))
        .containsExactly("resumed", "snapshot", "snapshot", "error", "live");
  }

  @Test
  void aScopeWithACursorGoesOnThere() {
    assertThat(types("{\"type\":\"resume\",\"cursors\":{\"chat:c\":3}}", Trouble.FOLLOW_LOST))
        .containsExactly("resumed", "error", "changed", "changed", "live");
  }

  @Test
  void aScopeWhosePlaceWasNotFoundIsToldFromItsBeginning() {
    assertThat(types("{\"type\":\"resume\",\"lastSyncId\":99}", Trouble.HEAD_LOST))
        .containsExactly("resumed", "error", "snapshot", "snapshot", "live");
  }
}
