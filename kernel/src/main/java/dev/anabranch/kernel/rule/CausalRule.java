package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rule `causal`: versions that did not know each other are kept side by side, a deterministic
/// winner is shown.
///
/// A write replaces the versions that its cause covers and stands beside the others (seed 003, made
/// bounded: `base` and the device's own count say all that a vector clock would).
public final class CausalRule implements MergeRule {

  /// The most versions that may stand side by side.
  public static final int SIBLINGS_MAX = 16;

  private final CausalStrategy strategy;

  /// The rule with one way of choosing the winner.
  public CausalRule(CausalStrategy strategy) {
    this.strategy = Objects.requireNonNull(strategy);
  }

  @Override
  public String word() {
    return "causal";
  }

  @Override
  public String spelled() {
    return word() + " (" + strategy.word() + ")";
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    Long expected = write.expectedVersion();
    if (expected != null && expected != Folds.livingVersion(current)) {
      return new Verdict.Conflict();
    }
    if (Sibling.distinct(standing(current, stamp.cause())).size() >= SIBLINGS_MAX) {
      return Verdict.refuse(
          FaultCode.UNSETTLED,
          SIBLINGS_MAX + " versions stand side by side; settle them by a write that has seen them");
    }
    boolean gone = isKnownToBeGone(current, stamp.cause());
    return switch (write.action()) {
      case INSERT -> put(gone ? Action.INSERT : Action.UPDATE, write);
      case UPDATE -> gone ? VersionedRule.absent(write) : put(Action.UPDATE, write);
      case DELETE ->
          gone ? VersionedRule.absent(write) : new Verdict.Accept(Action.DELETE, null, null);
      case MERGE ->
          Verdict.refuse(
              FaultCode.UNSUITABLE, "merge needs a model with the rule document, not causal");
    };
  }

  /// Whether there is nothing, or a delete that the writer knew of and nothing beside it.
  private static boolean isKnownToBeGone(@Nullable Entity current, Cause cause) {
    return Folds.livingVersion(current) == 0
        && Sibling.kept(current).stream()
            .allMatch(sibling -> sibling.deleted() && cause.covers(sibling.seq(), sibling.cause()));
  }

  private static Verdict put(Action action, Write write) {
    return write.data() == null
        ? Verdict.refuse(FaultCode.INVALID, "an insert or update needs data")
        : new Verdict.Accept(action, write.data(), null);
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    List<Sibling> siblings = new ArrayList<>(standing(current, change.cause()));
    Sibling mine = sibling(current, change);
    siblings.add(mine);
    while (siblings.size() > SIBLINGS_MAX) {
      siblings.remove(leastRepeated(siblings));
    }
    Sibling winner = siblings.stream().max(strategy.order()).orElseThrow();
    JsonObject state = Sibling.state(siblings);
    return winner.deleted()
        ? Folds.tombstone(current, change, state)
        : Folds.living(current, change, winner.data(), null, state);
  }

  /// The least of the versions that say the same as another one; there is one, for fewer than the
  /// bound may differ.
  private Sibling leastRepeated(List<Sibling> siblings) {
    return siblings.stream()
        .filter(one ->
            siblings.stream().anyMatch(other -> !other.equals(one) && one.saysTheSameAs(other)))
        .min(strategy.order())
        .orElseThrow();
  }

  private static List<Sibling> standing(@Nullable Entity current, Cause cause) {
    return Sibling.kept(current).stream()
        .filter(sibling -> !cause.covers(sibling.seq(), sibling.cause()))
        .toList();
  }

  private Sibling sibling(@Nullable Entity current, Change change) {
    JsonObject data = change.data();
    if (change.action() == Action.DELETE || data == null) {
      boolean deleted = change.action() == Action.DELETE;
      return new Sibling(change.seq(), change.cause(), change.hlc(), deleted, JsonObject.EMPTY);
    }
    JsonObject seen = seen(current, change.cause());
    return new Sibling(change.seq(), change.cause(), change.hlc(), false, seen.patchedBy(data));
  }

  /// What the writer changed: the best of the versions it had seen, or what is shown when it had
  /// seen none of them.
  private JsonObject seen(@Nullable Entity current, Cause cause) {
    Comparator<Sibling> order = strategy.order();
    return Sibling.kept(current).stream()
        .filter(sibling -> cause.covers(sibling.seq(), sibling.cause()))
        .max(order)
        .map(Sibling::data)
        .orElse(current == null ? JsonObject.EMPTY : current.data());
  }
}
