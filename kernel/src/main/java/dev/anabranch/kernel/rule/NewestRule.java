package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import org.jspecify.annotations.Nullable;

/// Rule `newest`: the greater writer's stamp wins, then the smaller key; an older write is refused
/// (NIP-01).
///
/// The winner is the same whatever the order of arrival. A write replaces the whole entity. A
/// delete that brings its own stamp counts even where nothing lives: what it deletes may come
/// later.
public final class NewestRule implements MergeRule {

  private static final String HLC = "hlc";
  private static final String KEY = "key";

  @Override
  public String word() {
    return "newest";
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    if (write.action() == Action.MERGE) {
      return Verdict.refuse(
          FaultCode.UNSUITABLE, "merge needs a model with the rule document, not newest");
    }
    Long expected = write.expectedVersion();
    if (expected != null && expected != Folds.livingVersion(current)) {
      return new Verdict.Conflict();
    }
    if (current != null && !isNewer(stamp.hlc(), write.key().text(), current)) {
      return Verdict.refuse(FaultCode.SUPERSEDED, "a newer state of this entity is there already");
    }
    if (write.action() == Action.DELETE) {
      boolean lives = Folds.livingVersion(current) > 0;
      return lives || write.hlc() > 0
          ? new Verdict.Accept(Action.DELETE, null, null)
          : VersionedRule.absent(write);
    }
    if (write.data() == null && write.body() == null) {
      return Verdict.refuse(FaultCode.INVALID, "an insert or update needs data or a body");
    }
    return new Verdict.Accept(Action.INSERT, write.data(), write.body());
  }

  /// Whether an entity was deleted at a stamp or later.
  public static boolean isDeletedAt(@Nullable Entity entity, long hlc) {
    JsonObject state = entity == null ? null : entity.ruleState();
    return entity != null
        && entity.deleted()
        && state != null
        && state.number(HLC).orElse(0) >= hlc;
  }

  /// The stamp that an entity stands at, also a deleted one; 0 = it is of another rule.
  public static long stampOf(Entity entity) {
    JsonObject state = entity.ruleState();
    return state == null ? 0 : state.number(HLC).orElse(0);
  }

  private static boolean isNewer(long hlc, String key, Entity current) {
    JsonObject state = current.ruleState() == null ? JsonObject.EMPTY : current.ruleState();
    long standing = stampOf(current);
    return hlc > standing || (hlc == standing && key.compareTo(state.string(KEY).orElse("")) < 0);
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    JsonObject state = JsonObject.EMPTY.with(HLC, change.hlc()).with(KEY, change.key().text());
    return change.action() == Action.DELETE
        ? Folds.tombstone(current, change, state)
        : Folds.living(current, change, Folds.fresh(change.data()), change.body(), state);
  }
}
