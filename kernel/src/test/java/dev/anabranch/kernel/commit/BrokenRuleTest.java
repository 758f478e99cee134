package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A rule or a schema with a bug spoils one write and nothing else (K2, K3, K9).
final class BrokenRuleTest {

  private static final ModelName FRAGILE = new ModelName("fragile");

  private final Desk desk =
      new Desk(
          new Models(
              List.of(
                  new Model(
                      FRAGILE,
                      new VersionedRule(),
                      Right.WRITE,
                      1_000,
                      Set.of(),
                      BrokenRuleTest::schema)),
              Map.of()));

  private static Optional<String> schema(JsonObject data) {
    if (data.fields().containsKey("breaks")) {
      throw new ArithmeticException("divided by zero");
    }
    if (data.fields().containsKey("sinks")) {
      throw new StackOverflowError(); // as a pattern over a long text does
    }
    return Optional.empty();
  }

  private Write fragile(String id, String field) {
    return Write.insert(
        desk.key(),
        new EntityKey(SCOPE, FRAGILE, new EntityId(id)),
        JsonObject.EMPTY.with(field, "yes"));
  }

  private static void isBroken(Outcome outcome) {
    assertThat(((Outcome.Refused) outcome).fault().code()).isEqualTo(FaultCode.RULE_FAILED);
  }

  @Test
  void aWriteThatBreaksItsSchemaIsRefusedAndTheBugIsHandedOut() {
    isBroken(desk.write(fragile("a", "breaks")));
    assertThat(desk.log).isEmpty();
    assertThat(desk.bugs)
        .singleElement()
        .satisfies(bug -> {
          assertThat(bug).hasMessageContaining("fragile").hasMessageContaining("key0");
          assertThat(bug).hasCauseInstanceOf(ArithmeticException.class);
        });
  }

  @Test
  void theOthersOfItsBatchGoOnAndTheOrderHasNoHole() {
    List<Outcome> outcomes =
        desk.call(
            false,
            fragile("a", "holds"),
            fragile("b", "breaks"),
            fragile("c", "sinks"),
            fragile("d", "holds"));
    assertThat(outcomes.get(0)).isInstanceOf(Outcome.Applied.class);
    isBroken(outcomes.get(1));
    isBroken(outcomes.get(2));
    assertThat(outcomes.get(3)).isInstanceOf(Outcome.Applied.class);
    assertThat(desk.log).extracting(Change::seq).containsExactly(1L, 2L);
  }

  @Test
  void anAtomicCallComesToNothingWithIt() {
    List<Outcome> outcomes = desk.call(true, fragile("a", "holds"), fragile("b", "breaks"));
    assertThat(((Outcome.Refused) outcomes.get(0)).fault().code())
        .isEqualTo(FaultCode.BATCH_ABORTED);
    isBroken(outcomes.get(1));
    assertThat(desk.log).isEmpty();
  }

  @Test
  void aRetryGetsTheSameAnswerSoThatNoQueueWaitsBehindIt() {
    Write write = fragile("a", "breaks");
    Outcome first = desk.write(write);
    assertThat(desk.write(write)).isEqualTo(new Outcome.Duplicate(first));
    assertThat(desk.bugs).hasSize(1);
  }

  @Test
  void aScopeThatTheBrokenWriteWouldHaveFoundedStaysUnknown() {
    isBroken(desk.write(Desk.founder("ann"), fragile("a", "breaks")));
    assertThat(desk.entities).isEmpty();
  }
}
