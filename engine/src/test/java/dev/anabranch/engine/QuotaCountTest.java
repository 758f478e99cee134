package dev.anabranch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.commit.MergeInspection;
import dev.anabranch.kernel.commit.Quota;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SimulatedDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What counts for a quota from one batch to the next, and from one start to the next.
final class QuotaCountTest {

  private static final ScopeName SCOPE = new ScopeName("org:one");
  private static final PrincipalId NAME = new PrincipalId("ann");
  private static final Caller ANN =
      new Caller(
          NAME, new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false), "test");

  private final Turns turns = new Turns();
  private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
  private final AtomicInteger failingCounts = new AtomicInteger();
  private final AtomicInteger counts = new AtomicInteger();
  private final AtomicInteger back = new AtomicInteger();
  private Engine engine = open(new Quota(3, 0)); // the grant that founds the scope is one
  private int keys;

  private Engine open(Quota quota) {
    return new Engine(
        () -> counting(MemoryStore.open(disk)),
        Models.none(),
        turns.threads(),
        EngineLimits.DEFAULT,
        observer(),
        MergeInspection.NONE,
        Derivation.NONE,
        quota);
  }

  private EngineObserver observer() {
    return (EngineObserver)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {EngineObserver.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("storeBack")) {
                back.incrementAndGet();
              }
              return null;
            });
  }

  /// A store that cannot be counted for a while.
  private Store counting(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("holdings") && method.getParameterCount() == 0) {
                counts.incrementAndGet();
                if (failingCounts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                  throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away again");
                }
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            });
  }

  private Write insert(String id) {
    return Write.insert(key(), note(id), JsonObject.EMPTY.with("text", id));
  }

  private WriteKey key() {
    return new WriteKey("key" + keys++);
  }

  private static EntityKey note(String id) {
    return new EntityKey(SCOPE, new ModelName("note"), new EntityId(id));
  }

  private <T> T now(CompletionStage<T> stage) {
    turns.run();
    return stage.toCompletableFuture().join();
  }

  private boolean isTaken(Write write) {
    Outcome outcome = now(engine.commit(Commit.of(ANN, write))).getFirst();
    if (outcome instanceof Outcome.Refused refused) {
      assertThat(refused.fault().code()).isEqualTo(FaultCode.QUOTA);
      return false;
    }
    return outcome instanceof Outcome.Applied;
  }

  private void fill() {
    assertThat(isTaken(insert("a"))).isTrue();
    assertThat(isTaken(insert("b"))).isTrue();
    assertThat(isTaken(insert("c"))).isFalse();
  }

  @Test
  void theCountGoesOnFromBatchToBatchAndFromStartToStart() {
    fill();
    now(engine.close());
    engine = open(new Quota(3, 0));
    assertThat(isTaken(insert("c"))).isFalse();
    assertThat(isTaken(Write.delete(key(), note("a")).erasing(Set.of(NAME)))).isTrue();
    assertThat(isTaken(insert("c"))).isTrue();
    assertThat(isTaken(insert("d"))).isFalse();
  }

  @Test
  void whatAServerWithoutAQuotaTookCountsOnceThereIsOne() {
    now(engine.close());
    engine = open(Quota.NONE);
    for (String id : List.of("a", "b", "c", "d")) {
      assertThat(isTaken(insert(id))).isTrue();
    }
    now(engine.close());
    engine = open(new Quota(3, 0));
    assertThat(isTaken(insert("e"))).isFalse();
  }

  @Test
  void whatIsFoldedAwayCountsNoMore() {
    fill();
    assertThat(now(engine.raiseFloor(SCOPE, 2))).isEqualTo(2);
    assertThat(isTaken(insert("c"))).isTrue();
    assertThat(isTaken(insert("d"))).isTrue();
    assertThat(isTaken(insert("e"))).isFalse();
    assertThat(now(engine.raiseFloor(SCOPE, 2))).isZero();
    assertThat(isTaken(insert("e"))).isFalse();
  }

  @Test
  void anErasureReachesFarBackOverManyChangesOfAnEntity() {
    now(engine.close());
    engine = open(new Quota(2_500, 0));
    for (int change = 0; change < 2_499; change++) {
      assertThat(isTaken(insert("a"))).isTrue();
    }
    assertThat(isTaken(insert("b"))).isFalse();
    assertThat(isTaken(Write.delete(key(), note("a")).erasing(Set.of(NAME)))).isTrue();
    for (int change = 0; change < 2_499; change++) {
      assertThat(isTaken(insert("b"))).isTrue();
    }
    assertThat(isTaken(insert("c"))).isFalse();
  }

  @Test
  void isCountedAnewWhenTheStoreWasLost() {
    fill();
    disk.failAfter(1); // it is appended, and nobody learns of it
    Outcome lost =
        now(engine.commit(Commit.of(ANN, Write.delete(key(), note("a")).erasing(Set.of(NAME)))))
            .getFirst();
    assertThat(lost).isInstanceOf(Outcome.Refused.class);
    disk.heal();
    turns.pass(10_000);
    assertThat(engine.store().entity(note("a")).orElseThrow().deleted()).isTrue();
    assertThat(isTaken(insert("c"))).isTrue();
    assertThat(isTaken(insert("d"))).isFalse();
  }

  @Test
  void aStoreIsNotBackBeforeItIsCounted() {
    fill();
    disk.failAfter(0);
    Outcome lost =
        now(engine.commit(Commit.of(ANN, Write.delete(key(), note("a")).erasing(Set.of(NAME)))))
            .getFirst();
    assertThat(lost).isInstanceOf(Outcome.Refused.class);
    assertThat(engine.quotaPrincipals()).isZero();
    disk.heal();
    failingCounts.set(1);
    turns.pass(EngineLimits.DEFAULT.reopenMillisMin());
    assertThat(back).hasValue(0);
    assertThatThrownBy(engine::store).isInstanceOf(StoreFailure.class);
    turns.pass(10_000);
    assertThat(back).hasValue(1);
    assertThat(engine.quotaPrincipals()).isEqualTo(1);
    int counted = counts.get();
    assertThat(isTaken(insert("c"))).isFalse();
    assertThat(counts).as("no batch counts").hasValue(counted);
  }
}
