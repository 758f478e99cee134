package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import org.jspecify.annotations.Nullable;

/// Rule `versioned`: the last accepted write wins, field by field; with an expected version a stale
/// one conflicts.
///
/// The rule of any model that names none (seeds 000 and 002).
public final class VersionedRule implements MergeRule {

  /// The rule's name in `models.toml`; that of every model that none is said of.
  public static final String WORD = "versioned";

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    boolean lives = Folds.livingVersion(current) > 0;
    Long expected = write.expectedVersion();
    if (expected != null && expected != Folds.livingVersion(current)) {
      return new Verdict.Conflict();
    }
    return switch (write.action()) {
      case INSERT -> put(lives ? Action.UPDATE : Action.INSERT, write);
      case UPDATE -> lives ? put(Action.UPDATE, write) : absent(write);
      case DELETE -> lives ? new Verdict.Accept(Action.DELETE, null, null) : absent(write);
      case MERGE ->
          Verdict.refuse(
              FaultCode.UNSUITABLE, "merge needs a model with the rule document, not versioned");
    };
  }

  private static Verdict put(Action action, Write write) {
    JsonObject data = write.data();
    if (data == null && write.body() == null) {
      return Verdict.refuse(FaultCode.INVALID, "an insert or update needs data or a body");
    }
    return new Verdict.Accept(action, data, write.body());
  }

  static Verdict absent(Write write) {
    return Verdict.refuse(
        FaultCode.ABSENT,
        "there is no " + write.entity().model() + " " + write.entity().id() + " in this scope");
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    JsonObject before = current == null ? JsonObject.EMPTY : current.data();
    JsonObject data = change.data();
    return switch (change.action()) {
      case INSERT -> Folds.living(current, change, Folds.fresh(data), change.body());
      case UPDATE, MERGE ->
          Folds.living(
              current,
              change,
              data == null ? before : before.patchedBy(data),
              change.body() != null || current == null ? change.body() : current.body());
      case DELETE -> Folds.tombstone(current, change);
    };
  }
}
