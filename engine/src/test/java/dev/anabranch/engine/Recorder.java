package dev.anabranch.engine;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A follower that writes down what it is told.
final class Recorder implements Follower {

  final List<Long> seqs = new ArrayList<>();
  final List<Present> present = new ArrayList<>();
  final List<Long> caughtUp = new ArrayList<>();
  int announcements;
  boolean ready = true;
  Runnable whenTold = () -> {};
  @Nullable RefetchReason refetch;

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void changes(Announcement next) {
    announcements++;
    next.changes().stream().map(Change::seq).forEach(seqs::add);
    whenTold.run();
  }

  @Override
  public void caughtUp(long lastId) {
    caughtUp.add(lastId);
  }

  @Override
  public void present(List<Present> entries) {
    present.addAll(entries);
  }

  @Override
  public void refetch(RefetchReason reason) {
    refetch = reason;
  }

  @Override
  public void failed(RuntimeException failure) {
    throw failure;
  }
}
