package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.Effects;
import java.util.List;

/// What the sequencer made of a batch.
///
/// @param effects for the store
/// @param outcomes for each call, for each of its writes; to be told only once the effects are
///   durable (K6)
/// @param bugs what rules and schemas threw, each for one write that is refused with `RULE_FAILED`
public record Decision(Effects effects, List<List<Outcome>> outcomes, List<RuntimeException> bugs) {

  public Decision {
    bugs = List.copyOf(bugs);
    outcomes = outcomes.stream().map(List::copyOf).toList();
  }
}
