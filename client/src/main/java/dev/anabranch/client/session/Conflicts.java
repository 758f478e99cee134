package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// Has the rule decide over conflicts, those that the server tells and those that are found here.
final class Conflicts {

  private final Step step;
  private final ConflictRule rule;
  private final FreshKeys keys;

  Conflicts(Step step, ConflictRule rule, FreshKeys keys) {
    this.step = step;
    this.rule = rule;
    this.keys = keys;
  }

  /// A write has no effect. What the rule makes of it takes its place, so that what rests on it
  /// rests on that; it was shown theirs, and so it rests on nothing else.
  ///
  /// @param stands the entity without this write and those behind it; null = it does not live
  /// @return what takes its place; null = nothing, it is given up
  @Nullable QueuedWrite decide(QueuedWrite write, @Nullable EntityView stands) {
    JsonObject theirs = stands == null ? null : stands.data();
    Conflict conflict = Conflict.of(write, theirs, stands == null ? 0 : stands.version());
    Draft anew = resolved(conflict);
    if (anew == null) {
      step.drop(write);
      step.settle(write, new WriteOutcome.Conflicted(conflict, null));
      return null;
    }
    QueuedWrite rewritten = QueuedWrite.fresh(keys.next(), anew, theirs).numbered(write.number());
    step.replace(rewritten);
    step.settle(write, new WriteOutcome.Conflicted(conflict, rewritten.key()));
    return rewritten;
  }

  /// What the rule writes in place of mine; null = theirs is kept. A rule may throw, and may write
  /// what no write can hold.
  private @Nullable Draft resolved(Conflict conflict) {
    try {
      return switch (rule.resolve(conflict)) {
        case Resolution.KeepTheirs ignored -> null;
        case Resolution.Rewrite anew ->
            new Draft(
                conflict.write().entity(),
                anew.action(),
                anew.data(),
                null,
                conflict.theirVersion());
      };
    } catch (Throwable thrown) {
      UserCode.rethrowIfFatal(thrown);
      step.tell(new Notice.Trouble("the conflict rule failed, theirs is kept: " + thrown));
      return null;
    }
  }
}
