package dev.anabranch.server.operations;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.configuration.RetentionSettings;
import dev.anabranch.server.configuration.RetentionSettings.Rule;
import java.time.Duration;
import java.util.Optional;

/// Works out how far the floor of a scope may rise.
///
/// Ages are found by bisection: the times of a log ascend, but for a clock that was set back, and
/// then a change stays a little longer than it must.
public final class Retention {

  private final RetentionSettings settings;

  /// By these rules.
  public Retention(RetentionSettings settings) {
    this.settings = settings;
  }

  /// The first rule that speaks of a scope.
  public Optional<Rule> ruleFor(ScopeHead head) {
    return settings.rules().stream()
        .filter(rule -> rule.scopes().matches(head.scope()))
        .findFirst();
  }

  /// The seq up to which changes may go; at most the present floor when none may.
  ///
  /// @param nowMillis the server's time
  public long floorOf(ScopeHead head, Rule rule, Store store, long nowMillis) {
    long byCount = rule.keepChanges() == 0 ? 0 : head.seq() - rule.keepChanges();
    long byAge =
        rule.keepDays() == 0
            ? 0
            : lastBefore(head, store, nowMillis - Duration.ofDays(rule.keepDays()).toMillis());
    return Math.max(head.floorSeq(), Math.max(byCount, byAge));
  }

  /// The last seq whose change is older than a moment; the floor when there is none.
  private static long lastBefore(ScopeHead head, Store store, long millis) {
    long older = head.floorSeq();
    long younger = head.seq() + 1;
    while (younger - older > 1) {
      long middle = older + (younger - older) / 2;
      Optional<Change> change = store.change(head.scope(), middle);
      if (change.isEmpty() || change.get().at() < millis) {
        older = middle;
      } else {
        younger = middle;
      }
    }
    return older;
  }
}
