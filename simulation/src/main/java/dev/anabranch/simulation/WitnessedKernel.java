package dev.anabranch.simulation;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.testkit.PassingKernel;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// A kernel whose every call and answer is held against the laws, whichever way they come.
final class WitnessedKernel extends PassingKernel {

  private final World world;

  WitnessedKernel(Kernel inner, World world) {
    super(inner);
    this.world = world;
  }

  @Override
  public CompletionStage<List<Outcome>> commit(Commit commit) {
    world.laws.asked(commit);
    return super.commit(commit)
        .whenComplete((outcomes, failure) -> {
          if (failure == null) {
            world.broke(world.laws.given(commit, outcomes));
          }
        });
  }
}
