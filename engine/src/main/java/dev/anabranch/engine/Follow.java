package dev.anabranch.engine;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Following;
import dev.anabranch.kernel.follow.Following.Step;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.List;
import java.util.Set;

/// One follower of one scope on its lane: carries out the steps of its [Following].
///
/// Confined to the lane's thread, but for the reading itself.
final class Follow implements Subscription {

  /// How long a follower waits before it reads again while the store is away, in milliseconds.
  private static final long RETRY_MILLIS = 500;

  private final Hub hub;
  private final Lane lane;
  private final ScopeName scope;
  private final Witness follower;
  private final Following following;
  private boolean caughtUp;
  private boolean ended;

  Follow(
      Hub hub,
      Lane lane,
      ScopeName scope,
      Follower follower,
      long afterId,
      Set<PrincipalId> names,
      long rightsSeq) {
    this.hub = hub;
    this.lane = lane;
    this.scope = scope;
    this.follower = new Witness(follower);
    this.following = new Following(this.follower, afterId, names, rightsSeq);
  }

  ScopeName scope() {
    return scope;
  }

  void start() {
    read();
  }

  void announced(Announcement next) {
    go(following.announced(next));
  }

  void doubted() {
    go(following.doubted());
  }

  /// Left out for a slow follower, whose buffer it would fill: it is said again, or expires, or
  /// need not be heard.
  void present(List<Present> entries) {
    if (!caughtUp || ended) {
      return;
    }
    if (follower.told.isReady()) {
      follower.present(entries);
    } else {
      hub.dropped(entries.size());
    }
  }

  @Override
  public void resume() {
    go(following.resumed());
  }

  @Override
  public void cancel() {
    following.cancelled();
    go(Step.END);
  }

  private void go(Step step) {
    switch (step) {
      case READ -> read();
      case WAIT -> {}
      case END -> end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      hub.remove(this, lane);
    }
  }

  private void read() {
    lane.read(this);
  }

  /// It is this follower's turn to read.
  ///
  /// @return whether a page is on its way, which ends in [Lane#readEnded]
  boolean beginsReading() {
    try {
      if (ended || !following.mayRead()) {
        return false;
      }
      hub.read(scope, following.cursor(), this::readDone, this::readFailed, lane);
      return true;
    } catch (RuntimeException bug) {
      broke(bug);
      return false;
    }
  }

  private void readDone(Reading reading) {
    try {
      if (!ended) {
        go(following.page(reading));
      }
    } catch (RuntimeException bug) {
      broke(bug);
    } finally {
      lane.readEnded();
    }
  }

  private void readFailed(RuntimeException failure) {
    lane.readEnded();
    if (ended) {
      return;
    }
    if (failure instanceof StoreFailure) {
      hub.later(RETRY_MILLIS, () -> lane.execute(this::readAgain));
    } else {
      broke(failure);
    }
  }

  /// The follower, or we on its behalf, met a bug: it is told nothing more.
  void broke(RuntimeException bug) {
    hub.bug(bug);
    following.cancelled();
    if (ended) {
      return;
    }
    end();
    try {
      follower.failed(bug);
    } catch (RuntimeException another) {
      hub.bug(another);
    }
  }

  private void readAgain() {
    if (!ended) {
      read();
    }
  }

  /// Notices when the follower has caught up, to tell it who is present, and when it is slow.
  private final class Witness implements Follower {
    private final Follower told;

    private Witness(Follower told) {
      this.told = told;
    }

    @Override
    public boolean isReady() {
      boolean ready = told.isReady();
      if (!ready) {
        hub.paused();
      }
      return ready;
    }

    @Override
    public void changes(Announcement next) {
      told.changes(next);
    }

    @Override
    public void caughtUp(long lastId) {
      caughtUp = true;
      told.caughtUp(lastId);
      List<Present> everybody = hub.presentIn(scope);
      if (!everybody.isEmpty()) {
        told.present(everybody);
      }
    }

    @Override
    public void present(List<Present> entries) {
      told.present(entries);
    }

    @Override
    public void refetch(RefetchReason reason) {
      told.refetch(reason);
    }

    @Override
    public void failed(RuntimeException failure) {
      told.failed(failure);
    }
  }
}
