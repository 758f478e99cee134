package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.Effects;
import java.util.List;

/// What the sequencer made of a batch.
///
/// @param effects for the store
/// @param outcomes for each call, for each of its writes; to be told only once the effects are
///   durable (K6)
public record Decision(Effects effects, List<List<Outcome>> outcomes) {

  public Decision {
    outcomes = outcomes.stream().map(List::copyOf).toList();
  }
}
