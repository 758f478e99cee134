package dev.anabranch.engine;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.List;

/// Hears what the engine does; the server makes metrics and logs of it. Called on the engine's
/// threads: be quick.
public interface EngineObserver {

  /// Hears nothing.
  EngineObserver NONE = new EngineObserver() {};

  /// A batch is on disk.
  ///
  /// @param writes how many writes it held
  /// @param nanos from the beginning of its transaction to the end
  default void committed(int writes, long nanos) {}

  /// A call was answered.
  ///
  /// @param waitedNanos from its arrival to the answer
  default void answered(Commit call, List<Outcome> outcomes, long waitedNanos) {}

  /// A call was refused because the queue is full or the store is away, or a call before it in its
  /// chain was.
  default void turnedAway(Commit call) {}

  /// A lane told its followers about committed changes.
  ///
  /// @param changes how many
  /// @param followers how many followers took them
  /// @param lagNanos since the first of them was on disk
  default void fannedOut(int changes, int followers, long lagNanos) {}

  /// A lane was so far behind that its waiting changes were dropped; its followers read them from
  /// the store.
  default void dropped(int changes) {}

  /// A follower fell back to reading because it was slow.
  default void paused() {}

  /// The store broke; nothing is acknowledged until it is open again.
  default void storeLost(StoreFailure failure) {}

  /// The store is open again.
  default void storeBack() {}

  /// The store is lost for good (another owner, damaged): the process must end.
  default void storeGone(StoreFailure failure) {}

  /// An invariant broke; the engine goes on with other work.
  default void bug(RuntimeException bug) {}
}
