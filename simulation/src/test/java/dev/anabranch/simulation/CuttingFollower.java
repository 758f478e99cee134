package dev.anabranch.simulation;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.Arrays;
import java.util.List;

/// Gets updates of documents without their last byte, where they have more than one.
final class CuttingFollower implements Follower {

  private final Follower follower;

  CuttingFollower(Follower follower) {
    this.follower = follower;
  }

  @Override
  public boolean isReady() {
    return follower.isReady();
  }

  @Override
  public void changes(Announcement next) {
    try (Announcement cut =
        new Announcement(next.changes().stream().map(CuttingFollower::cut).toList())) {
      follower.changes(cut);
    }
  }

  private static Change cut(Change change) {
    Bytes body = change.body();
    return body == null || body.size() < 2
        ? change
        : new Change(
            change.id(),
            change.seq(),
            change.entity(),
            change.action(),
            change.version(),
            change.data(),
            Bytes.of(Arrays.copyOf(body.toArray(), body.size() - 1)),
            change.key(),
            change.author(),
            change.cause(),
            change.hlc(),
            change.prior(),
            change.proof(),
            change.origin(),
            change.at(),
            change.erased());
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
