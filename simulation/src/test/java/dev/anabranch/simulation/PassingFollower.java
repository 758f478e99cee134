package dev.anabranch.simulation;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.List;

/// Passes on everything; what one of its kind does otherwise is its fault.
class PassingFollower implements Follower {

  final Follower follower;

  PassingFollower(Follower follower) {
    this.follower = follower;
  }

  @Override
  public boolean isReady() {
    return follower.isReady();
  }

  @Override
  public void changes(Announcement next) {
    follower.changes(next);
  }

  @Override
  public void caughtUp(long lastId) {
    follower.caughtUp(lastId);
  }

  @Override
  public void present(List<Present> entries) {
    follower.present(entries);
  }

  @Override
  public void refetch(RefetchReason reason) {
    follower.refetch(reason);
  }

  @Override
  public void failed(RuntimeException failure) {
    follower.failed(failure);
  }
}
