package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Holding;
import java.util.List;
import java.util.Map;

/// What the sequencer made of a batch.
///
/// @param effects for the store
/// @param outcomes for each call, for each of its writes; to be told only once the effects are
///   durable (K6)
/// @param bugs what rules and schemas threw, each for one write that is refused with `RULE_FAILED`
/// @param moved by how much what each principal has in the log is more or less by it; nobody is
///   named where there is no quota
public record Decision(
    Effects effects,
    List<List<Outcome>> outcomes,
    List<RuntimeException> bugs,
    Map<PrincipalId, Holding> moved) {

  public Decision {
    bugs = List.copyOf(bugs);
    outcomes = outcomes.stream().map(List::copyOf).toList();
    moved = Map.copyOf(moved);
  }
}
