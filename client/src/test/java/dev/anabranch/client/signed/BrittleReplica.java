package dev.anabranch.client.signed;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A copy that can be told to fail, as one on a full disk does.
final class BrittleReplica implements ReplicaStore {

  private final ReplicaStore whole;
  private final AtomicInteger failing = new AtomicInteger();

  BrittleReplica(ReplicaStore whole) {
    this.whole = whole;
  }

  /// So many of the next writes fail.
  void fail(int writes) {
    failing.set(writes);
  }

  /// How many of these have not been tried yet.
  int stillFailing() {
    return failing.get();
  }

  @Override
  public <T> T write(Function<ReplicaTransaction, T> work) {
    if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new ReplicaFailure("the disk is full", new IllegalStateException("the test says so"));
    }
    return whole.write(work);
  }

  @Override
  public <T> T read(Function<ReplicaReading, T> work) {
    return whole.read(work);
  }

  @Override
  public void close() {
    whole.close();
  }
}
