package dev.anabranch.simulation;

import dev.anabranch.kernel.follow.Follower;

/// Always says that it is ready, and passes on what comes then.
final class HastyFollower extends PassingFollower {

  HastyFollower(Follower follower) {
    super(follower);
  }

  @Override
  public boolean isReady() {
    return true;
  }
}
