package dev.anabranch.engine;

import dev.anabranch.kernel.commit.Holdings;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What each principal has in the log: counted once from the store, then moved by each batch and by
/// each floor that is raised. Used by the writer's thread, behind whose back nothing is committed.
final class KnownHoldings {

  private static final PageLimit TRAIL = new PageLimit(1_000, 4 * 1024 * 1024);

  private final boolean isAsked;
  // Null = to be counted anew.
  private @Nullable Map<PrincipalId, Holding> known;

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
      public void trail(ScopeName scope, long seq, Consumer<Change> each) {
        long next = seq;
        while (next > 0) {
          List<Change> page = store.trail(scope, next, 0, TRAIL);
          page.forEach(each);
          next = page.isEmpty() ? 0 : page.getLast().prior();
        }
      }
    };
  }

  private Map<PrincipalId, Holding> counted(Store store) {
    Map<PrincipalId, Holding> held = known;
    if (held == null) {
      held = new HashMap<>(store.holdings());
      known = held;
    }
    return held;
  }

  /// What was decided over is durable.
  void moved(Map<PrincipalId, Holding> by) {
    Map<PrincipalId, Holding> held = known;
    if (held != null) {
      by.forEach((author, more) -> move(held, author, more));
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
