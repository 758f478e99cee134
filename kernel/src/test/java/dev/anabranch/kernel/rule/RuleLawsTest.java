package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What holds of the folds of `greatest`, `document` and `versioned`.
final class RuleLawsTest {

  private static final Cause CAUSE = new Cause(new DeviceId("~me"), 1, 0);

  @Property(tries = 1000)
  void markersEndAtTheirMaximumInAnyOrder(@ForAll("markersInTwoOrders") List<List<Long>> orders) {
    assertThat(markers(orders.get(0))).isEqualTo(markers(orders.get(1)));
  }

  @Provide
  Arbitrary<List<List<Long>>> markersInTwoOrders() {
    return Arbitraries.longs()
        .between(-5, 20)
        .list()
        .ofMinSize(1)
        .ofMaxSize(10)
        .flatMap(values ->
            Combinators.combine(Arbitraries.shuffle(values), Arbitraries.shuffle(values))
                .as(List::of));
  }

  private static JsonObject markers(List<Long> values) {
    MergeRule rule = new GreatestRule();
    Entity entity = null;
    for (long value : values) {
      String field = value % 2 == 0 ? "read" : "delivered";
      Write write =
          Write.update(new WriteKey("k"), RuleTable.ENTITY, JsonObject.EMPTY.with(field, value));
      if (rule.judge(entity, write, new Stamp(CAUSE, 1)) instanceof Verdict.Accept accept) {
        entity = rule.fold(entity, change(entity, accept));
      }
    }
    return Objects.requireNonNull(entity).data();
  }

  @Property(tries = 1000)
  void documentsThatHoldTheSameUpdatesAreTheSame(
      @ForAll("updatesInTwoOrders") List<List<Byte>> orders) {
    assertThat(document(orders.get(0))).isEqualTo(document(orders.get(1)));
  }

  @Provide
  Arbitrary<List<List<Byte>>> updatesInTwoOrders() {
    return Arbitraries.bytes()
        .list()
        .ofMinSize(1)
        .ofMaxSize(10)
        .flatMap(updates -> {
          List<Byte> twice = new ArrayList<>(updates);
          twice.addAll(updates);
          return Combinators.combine(Arbitraries.shuffle(updates), Arbitraries.shuffle(twice))
              .as(List::of);
        });
  }

  private static @Nullable Bytes document(List<Byte> updates) {
    MergeRule rule = new DocumentRule(new SetUnion());
    Entity entity = null;
    for (byte update : updates) {
      Bytes body = Bytes.of(new byte[] {update});
      entity = rule.fold(entity, change(entity, new Verdict.Accept(Action.MERGE, null, body)));
    }
    return Objects.requireNonNull(entity).body();
  }

  @Test
  void aDocumentThatWasDeletedBeginsAnew() {
    MergeRule rule = new DocumentRule(new SetUnion());
    Entity entity = null;
    for (Verdict.Accept accept :
        List.of(
            new Verdict.Accept(Action.MERGE, null, Bytes.of(new byte[] {1})),
            new Verdict.Accept(Action.DELETE, null, null),
            new Verdict.Accept(Action.MERGE, null, Bytes.of(new byte[] {2})))) {
      entity = rule.fold(entity, change(entity, accept));
    }
    assertThat(Objects.requireNonNull(entity).body()).isEqualTo(Bytes.of(new byte[] {2}));
    assertThat(entity.version()).isEqualTo(3);
  }

  @Test
  void aVersionedUpdatePatchesTheTopLevelAndNullRemoves() {
    MergeRule rule = new VersionedRule();
    JsonObject first = JsonObject.EMPTY.with("a", 1).with("b", 2).with("c", JsonNull.NULL);
    Entity entity = rule.fold(null, change(null, new Verdict.Accept(Action.INSERT, first, null)));
    assertThat(entity.data()).isEqualTo(JsonObject.EMPTY.with("a", 1).with("b", 2));

    JsonObject patch = JsonObject.EMPTY.with("b", JsonNull.NULL).with("d", 4);
    entity = rule.fold(entity, change(entity, new Verdict.Accept(Action.UPDATE, patch, null)));
    assertThat(entity.data()).isEqualTo(JsonObject.EMPTY.with("a", 1).with("d", 4));
  }

  @Test
  void anInsertOnATombstoneContinuesItsVersionAndIsCreatedAnew() {
    MergeRule rule = new VersionedRule();
    JsonObject data = JsonObject.EMPTY.with("a", 1);
    Entity entity = rule.fold(null, change(null, new Verdict.Accept(Action.INSERT, data, null)));
    entity = rule.fold(entity, change(entity, new Verdict.Accept(Action.DELETE, null, null)));
    assertThat(entity.data()).isEqualTo(JsonObject.EMPTY);
    assertThat(entity.createdAt()).isEqualTo(1_000_001);
    entity = rule.fold(entity, change(entity, new Verdict.Accept(Action.INSERT, data, null)));
    assertThat(entity.version()).isEqualTo(3);
    assertThat(entity.createdAt()).isEqualTo(1_000_003);
  }

  private static Change change(@Nullable Entity before, Verdict.Accept accept) {
    long seq = before == null ? 1 : before.seq() + 1;
    return new Change(
        seq,
        seq,
        RuleTable.ENTITY,
        accept.action(),
        seq,
        accept.data(),
        accept.body(),
        new WriteKey("key" + seq),
        RuleTable.change(1, Action.DELETE, 1, 1, null, CAUSE).author(),
        CAUSE,
        seq,
        seq - 1,
        null,
        "test",
        1_000_000 + seq,
        false);
  }
}
