package dev.anabranch.simulation;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;

/// Always says that it is ready, and drops what comes when it is not.
final class DroppingFollower extends PassingFollower {

  DroppingFollower(Follower follower) {
    super(follower);
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void changes(Announcement next) {
    if (follower.isReady()) {
      super.changes(next);
    }
  }
}
