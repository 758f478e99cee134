package dev.anabranch.testkit.promise;

import java.util.ArrayList;
import java.util.List;

/// K5: a follower gets each seq after its cursor exactly once and in order, or is told to refetch.
///
/// One checker goes with one follower.
public final class K5EverySeqOnce {

  private final String follower;
  private final List<String> broken = new ArrayList<>();
  private long lastSeq;
  private boolean ended;

  /// A checker.
  ///
  /// @param follower what to call it
  /// @param afterSeq the seq that its cursor stands at
  public K5EverySeqOnce(String follower, long afterSeq) {
    this.follower = follower;
    this.lastSeq = afterSeq;
  }

  /// The follower was told this seq.
  public void told(long seq) {
    if (ended) {
      broken.add("K5: " + follower + " was told seq " + seq + " after it was told to refetch");
    }
    if (seq != lastSeq + 1) {
      broken.add("K5: " + follower + " was told seq " + seq + " after seq " + lastSeq);
    }
    lastSeq = seq;
  }

  /// The follower was told to refetch.
  public void refetch() {
    ended = true;
  }

  /// The last seq it was told.
  public long lastSeq() {
    return lastSeq;
  }

  /// What is broken so far.
  public List<String> broken() {
    return List.copyOf(broken);
  }

  /// What is broken if the scope stands still at this seq and everything was delivered.
  public List<String> brokenAtRest(long headSeq) {
    return ended || lastSeq == headSeq
        ? broken()
        : List.of("K5: " + follower + " rests at seq " + lastSeq + " of " + headSeq);
  }
}
