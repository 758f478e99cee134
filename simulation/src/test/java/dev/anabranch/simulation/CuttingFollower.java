package dev.anabranch.simulation;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import java.util.Arrays;

/// Gets updates of documents without their last byte, where they have more than one.
final class CuttingFollower extends PassingFollower {

  CuttingFollower(Follower follower) {
    super(follower);
  }

  @Override
  public void changes(Announcement next) {
    try (Announcement cut =
        new Announcement(next.changes().stream().map(CuttingFollower::cut).toList())) {
      super.changes(cut);
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
}
