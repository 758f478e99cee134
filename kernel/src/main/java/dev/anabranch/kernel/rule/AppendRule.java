package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import org.jspecify.annotations.Nullable;

/// Rule `append`: every entity is written once and kept as it is (payments, contributions, plain
/// Nostr events).
public final class AppendRule implements MergeRule {

  @Override
  public String word() {
    return "append";
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    if (write.action() != Action.INSERT) {
      return Verdict.refuse(
          FaultCode.APPEND_ONLY,
          write.entity().model() + " entities are only inserted, never changed or deleted");
    }
    if (current != null) {
      return write.expectedVersion() == null ? exists(write) : new Verdict.Conflict();
    }
    if (write.expectedVersion() != null && write.expectedVersion() != 0) {
      return new Verdict.Conflict();
    }
    if (write.data() == null && write.body() == null) {
      return Verdict.refuse(FaultCode.INVALID, "an insert needs data or a body");
    }
    return new Verdict.Accept(Action.INSERT, write.data(), write.body());
  }

  private static Verdict exists(Write write) {
    return Verdict.refuse(
        FaultCode.APPEND_ONLY,
        write.entity().model()
            + " "
            + write.entity().id()
            + " is there already and is never changed; choose another id");
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    return Folds.living(current, change, Folds.fresh(change.data()), change.body());
  }
}
