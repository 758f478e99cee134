package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.PrincipalId;
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

/// Rule `newest`: greater stamp, then smaller key, whatever the order of arrival.
final class NewestRuleTest {

  private final NewestRule rule = new NewestRule();

  /// A write with its own stamp.
  record Stamped(int hlc, String key, boolean delete) {

    Write write() {
      JsonObject data = JsonObject.EMPTY.with("from", key);
      Write write =
          delete
              ? Write.delete(new WriteKey(key), RuleTable.ENTITY)
              : Write.insert(new WriteKey(key), RuleTable.ENTITY, data);
      return write.at(hlc);
    }
  }

  @Test
  void theGreaterStampWins() {
    assertThat(shown(List.of(insert(2, "b"), insert(1, "a")))).isEqualTo("b");
    assertThat(shown(List.of(insert(1, "a"), insert(2, "b")))).isEqualTo("b");
  }

  @Test
  void ofEqualStampsTheSmallerKeyWins() {
    assertThat(shown(List.of(insert(1, "b"), insert(1, "a")))).isEqualTo("a");
    assertThat(shown(List.of(insert(1, "a"), insert(1, "b")))).isEqualTo("a");
  }

  @Test
  void anOlderWriteIsRefusedAsSuperseded() {
    Entity current = arrive(List.of(insert(5, "a")));
    assertThat(RuleTable.word(judge(current, insert(4, "b")))).isEqualTo("!superseded");
    assertThat(RuleTable.word(judge(current, insert(5, "b")))).isEqualTo("!superseded");
  }

  @Test
  void aDeleteThatComesBeforeWhatItDeletesStillDeletes() {
    assertThat(shown(List.of(new Stamped(9, "d", true), insert(5, "a")))).isEqualTo("nothing");
  }

  @Test
  void aWriteReplacesTheWholeEntity() {
    Entity current = arrive(List.of(insert(1, "a"), insert(2, "b")));
    assertThat(Objects.requireNonNull(current).data())
        .isEqualTo(JsonObject.EMPTY.with("from", "b"));
  }

  @Property(tries = 2000)
  void everyOrderOfArrivalEndsTheSame(@ForAll("writesInTwoOrders") List<List<Stamped>> orders) {
    assertThat(shown(orders.get(0))).isEqualTo(shown(orders.get(1)));
  }

  @Provide
  Arbitrary<List<List<Stamped>>> writesInTwoOrders() {
    Arbitrary<Integer> stamps = Arbitraries.integers().between(1, 6);
    Arbitrary<String> keys =
        Arbitraries.strings().withCharRange('a', 'f').ofMinLength(1).ofMaxLength(2);
    Arbitrary<Boolean> deletes = Arbitraries.of(false, false, true);
    Arbitrary<Stamped> one = Combinators.combine(stamps, keys, deletes).as(Stamped::new);
    return one.list()
        .uniqueElements(Stamped::key)
        .ofMaxSize(8)
        .flatMap(writes ->
            Combinators.combine(Arbitraries.shuffle(writes), Arbitraries.shuffle(writes))
                .as(List::of));
  }

  private static Stamped insert(int hlc, String key) {
    return new Stamped(hlc, key, false);
  }

  private String shown(List<Stamped> arrivals) {
    Entity entity = arrive(arrivals);
    return entity == null || entity.deleted()
        ? "nothing"
        : entity.data().string("from").orElseThrow();
  }

  private @Nullable Entity arrive(List<Stamped> arrivals) {
    Entity current = null;
    long seq = 1;
    for (Stamped arrival : arrivals) {
      if (judge(current, arrival) instanceof Verdict.Accept accept) {
        current = rule.fold(current, change(seq++, arrival, accept, current));
      }
    }
    return current;
  }

  private Verdict judge(@Nullable Entity current, Stamped arrival) {
    Stamp stamp = new Stamp(new Cause(new DeviceId("~me"), 1, 0), arrival.hlc());
    return rule.judge(current, arrival.write(), stamp);
  }

  private static Change change(
      long seq, Stamped arrival, Verdict.Accept accept, @Nullable Entity current) {
    boolean deletes = accept.action() == Action.DELETE;
    return new Change(
        seq,
        seq,
        RuleTable.ENTITY,
        accept.action(),
        current == null ? 1 : current.version() + 1,
        deletes ? null : accept.data(),
        null,
        new WriteKey(arrival.key()),
        new PrincipalId("me"),
        new Cause(new DeviceId("~me"), seq, 0),
        arrival.hlc(),
        seq - 1,
        null,
        "test",
        seq,
        false);
  }
}
