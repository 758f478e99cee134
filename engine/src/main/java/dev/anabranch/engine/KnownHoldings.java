package dev.anabranch.engine;

import dev.anabranch.kernel.commit.Holdings;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What each principal has in the log: counted once from the store, then moved by each batch and by
/// each floor that is raised. Used by the writer's thread, behind whose back nothing is committed;
/// how many they are may be asked from any.
final class KnownHoldings {

  private final boolean isAsked;
  // Null = to be counted anew.
  private @Nullable Map<PrincipalId, Holding> known;
  private volatile int principals;

  /// Nothing is counted yet.
  ///
  /// @param isAsked whether there is a quota; without one nothing is ever counted
  KnownHoldings(boolean isAsked) {
    this.isAsked = isAsked;
  }

  /// What is held in an open store.
  Holdings in(Store store) {
    if (!isAsked) {
      return Holdings.NONE;
    }
    Map<PrincipalId, Holding> held = counted(store);
    return new Holdings() {
      @Override
      public Holding of(PrincipalId author) {
        return held.getOrDefault(author, Holding.NOTHING);
      }

      @Override
      public Map<PrincipalId, Holding> trail(ScopeName scope, long seq) {
        return store.trailHoldings(scope, seq);
      }
    };
  }

  private Map<PrincipalId, Holding> counted(Store store) {
    Map<PrincipalId, Holding> held = known;
    if (held == null) {
      held = new HashMap<>(store.holdings());
      known = held;
      principals = held.size();
    }
    return held;
  }

  /// What was decided over is durable.
  void moved(Map<PrincipalId, Holding> by) {
    Map<PrincipalId, Holding> held = known;
    if (held != null) {
      by.forEach((author, more) -> move(held, author, more));
      principals = held.size();
    }
  }

  private static void move(Map<PrincipalId, Holding> held, PrincipalId author, Holding by) {
    Holding after = held.getOrDefault(author, Holding.NOTHING).plus(by);
    if (after.equals(Holding.NOTHING)) {
      held.remove(author);
    } else {
      held.put(author, after);
    }
  }

  /// It is no longer known what became durable.
  void forget() {
    known = null;
    principals = 0;
  }

  /// How many have something; 0 as long as nobody is counted.
  int principals() {
    return principals;
  }

  /// Raises a floor ([Store#raiseFloor]).
  long raiseFloor(
      Store store, ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules) {
    Map<PrincipalId, Holding> folded =
        isAsked && known != null ? store.holdings(scope, floorSeq) : Map.of();
    try {
      long dropped = store.raiseFloor(scope, floorSeq, rules);
      folded.forEach((author, less) -> moved(Map.of(author, Holding.NOTHING.minus(less))));
      return dropped;
    } catch (RuntimeException | Error failure) {
      forget(); // some of it may be folded
      throw failure;
    }
  }
}
