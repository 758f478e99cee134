package dev.anabranch.kernel.follow;

import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.ArrayList;
import java.util.List;

/// A follower that writes down what it is told: seqs, `caught up`, `refetch`.
final class Recorder implements Follower {

  final List<String> heard = new ArrayList<>();
  final List<RefetchReason> reasons = new ArrayList<>();
  boolean ready = true;
  Runnable whenTold = () -> {};

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void changes(Announcement next) {
    next.changes().forEach(change -> heard.add(Long.toString(change.seq())));
    whenTold.run();
  }

  @Override
  public void caughtUp(long lastId) {
    heard.add("caught up");
  }

  @Override
  public void present(List<Present> entries) {
    heard.add(entries.size() + " present");
  }

  @Override
  public void refetch(RefetchReason reason) {
    heard.add("refetch");
    reasons.add(reason);
  }

  @Override
  public void failed(RuntimeException failure) {
    heard.add("failed");
  }
}
