package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
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

/// Rule `causal`: versions that did not know each other stand side by side.
final class CausalRuleTest {

  private static final long FIRST_SEQ = 101;

  private final CausalRule rule = new CausalRule(CausalStrategy.VECTOR_CLOCK);

  /// A version by a device of its own; null text = a delete.
  record Version(String device, long base, long hlc, @Nullable String text) {}

  @Test
  void aWriteThatKnewTheVersionReplacesIt() {
    Entity entity = arrive(rule, new Version("a", 0, 1, "old"), new Version("b", 101, 2, "new"));
    assertThat(Sibling.of(entity)).hasSize(1);
    assertThat(text(entity)).isEqualTo("new");
  }

  @Test
  void aDevicesNextWriteReplacesItsOwnEvenWithAnOldBase() {
    Entity first = rule.fold(null, insert(101, new Cause(new DeviceId("a"), 1, 0), 1, "old"));
    Entity second = rule.fold(first, insert(102, new Cause(new DeviceId("a"), 2, 0), 2, "new"));
    assertThat(Sibling.of(second)).hasSize(1);
  }

  @Test
  void anAssignedDevicesNextWriteReplacesOnlyWhatItsBaseCovers() {
    Entity first = rule.fold(null, insert(101, new Cause(new DeviceId("~a"), 1, 0), 1, "old"));
    Entity second = rule.fold(first, insert(102, new Cause(new DeviceId("~a"), 2, 0), 2, "new"));
    assertThat(Sibling.of(second)).hasSize(2);
  }

  @Test
  void concurrentVersionsStandSideBySideAndTheHigherRankIsShown() {
    Entity entity = arrive(rule, new Version("a", 7, 1, "seven"), new Version("b", 3, 9, "three"));
    assertThat(Sibling.of(entity)).hasSize(2);
    assertThat(text(entity)).isEqualTo("seven");
  }

  @Test
  void aDeleteBeatsAConcurrentEdit() {
    Entity entity = arrive(rule, new Version("a", 0, 1, null), new Version("b", 50, 9, "edit"));
    assertThat(entity.deleted()).isTrue();
    assertThat(Sibling.of(entity)).hasSize(2);
  }

  @Test
  void whoKnewOfTheDeleteMakesTheEntityAnewAndFindsNothingToChange() {
    Entity deleted = arrive(rule, new Version("a", 0, 1, "text"), new Version("a", 101, 2, null));
    assertThat(judged(deleted, FIRST_SEQ + 1, Action.INSERT)).isEqualTo("insert");
    assertThat(judged(deleted, 0, Action.INSERT)).isEqualTo("update");
    assertThat(judged(deleted, FIRST_SEQ + 1, Action.UPDATE)).isEqualTo("!absent");
    assertThat(judged(deleted, FIRST_SEQ + 1, Action.DELETE)).isEqualTo("!absent");
  }

  @Test
  void byTheLatestStrategyTheLaterStampIsShown() {
    CausalRule latest = new CausalRule(CausalStrategy.LATEST);
    Entity entity = arrive(latest, new Version("a", 7, 1, null), new Version("b", 3, 9, "later"));
    assertThat(text(entity)).isEqualTo("later");
  }

  @Test
  void aWriteThatKnewAllVersionsSettlesThem() {
    Entity entity =
        arrive(
            rule,
            new Version("a", 0, 1, "one"),
            new Version("b", 0, 2, "two"),
            new Version("c", 102, 3, "settled"));
    assertThat(Sibling.of(entity)).hasSize(1);
    assertThat(text(entity)).isEqualTo("settled");
  }

  @Test
  void versionsThatSayTheSameAreNotAConflict() {
    Entity entity = arrive(rule, new Version("a", 0, 1, "same"), new Version("b", 0, 2, "same"));
    assertThat(Sibling.of(entity)).hasSize(1);
  }

  @Test
  void theSeventeenthUnsettledVersionIsRefused() {
    Version[] sixteen = new Version[16];
    for (int index = 0; index < 16; index++) {
      sixteen[index] = new Version("d" + index, 0, index, "text " + index);
    }
    Entity entity = arrive(rule, sixteen);
    assertThat(Sibling.of(entity)).hasSize(16);
    assertThat(judged(entity, 0)).isEqualTo("!unsettled");
    assertThat(judged(entity, FIRST_SEQ)).isEqualTo("update");
  }

  @Test
  void anyNumberOfDevicesMaySayTheSameAndNoMoreThanTheBoundIsKept() {
    Version[] many = new Version[40];
    for (int index = 0; index < many.length; index++) {
      many[index] = new Version("d" + index, 0, index, index == 5 ? "edit" : null);
    }
    Entity entity = arrive(rule, many);
    assertThat(Sibling.kept(entity)).hasSizeLessThanOrEqualTo(CausalRule.SIBLINGS_MAX);
    assertThat(Sibling.of(entity)).hasSize(2);
    assertThat(judged(entity, 0)).isEqualTo("update");
  }

  @Property(tries = 2000)
  void whatIsShownDoesNotDependOnTheOrderOfArrival(
      @ForAll("concurrentInTwoOrders") List<List<Version>> orders,
      @ForAll CausalStrategy strategy) {
    CausalRule chosen = new CausalRule(strategy);
    Entity one = arrive(chosen, orders.get(0).toArray(Version[]::new));
    Entity other = arrive(chosen, orders.get(1).toArray(Version[]::new));
    assertThat(one.deleted()).isEqualTo(other.deleted());
    assertThat(one.data()).isEqualTo(other.data());
    assertThat(Sibling.of(one)).hasSameSizeAs(Sibling.of(other));
  }

  @Provide
  Arbitrary<List<List<Version>>> concurrentInTwoOrders() {
    Arbitrary<String> devices = Arbitraries.strings().withCharRange('a', 'z').ofLength(2);
    Arbitrary<Long> bases = Arbitraries.longs().between(0, 5);
    Arbitrary<Long> stamps = Arbitraries.longs().between(0, 5);
    Arbitrary<@Nullable String> texts = Arbitraries.of("x", "y", "z").injectNull(0.3);
    return Combinators.combine(devices, bases, stamps, texts)
        .as(Version::new)
        .list()
        .uniqueElements(Version::device)
        .ofMinSize(1)
        .ofMaxSize(12)
        .flatMap(versions ->
            Combinators.combine(Arbitraries.shuffle(versions), Arbitraries.shuffle(versions))
                .as(List::of));
  }

  private String judged(Entity entity, long basedOn) {
    long base = basedOn == 0 ? 0 : entity.seq();
    return judged(entity, base, Action.UPDATE);
  }

  private String judged(Entity entity, long base, Action action) {
    JsonObject data = JsonObject.EMPTY.with("text", "one more");
    WriteKey key = new WriteKey("k");
    Write write =
        switch (action) {
          case INSERT -> Write.insert(key, RuleTable.ENTITY, data);
          case DELETE -> Write.delete(key, RuleTable.ENTITY);
          default -> Write.update(key, RuleTable.ENTITY, data);
        };
    Stamp stamp = new Stamp(new Cause(new DeviceId("new"), 1, base), 99);
    return RuleTable.word(rule.judge(entity, write, stamp));
  }

  private static Entity arrive(CausalRule rule, Version... versions) {
    Entity entity = null;
    long seq = FIRST_SEQ;
    for (Version version : versions) {
      Cause cause = new Cause(new DeviceId(version.device()), 1, version.base());
      entity = rule.fold(entity, insert(seq++, cause, version.hlc(), version.text()));
    }
    return Objects.requireNonNull(entity);
  }

  private static Change insert(long seq, Cause cause, long hlc, @Nullable String text) {
    Action action = text == null ? Action.DELETE : Action.INSERT;
    JsonObject data = text == null ? null : JsonObject.EMPTY.with("text", text);
    return RuleTable.change(seq, action, seq - FIRST_SEQ + 1, hlc, data, cause);
  }

  private static String text(Entity entity) {
    return entity.data().string("text").orElse("");
  }
}
