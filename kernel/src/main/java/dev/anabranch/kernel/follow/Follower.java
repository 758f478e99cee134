package dev.anabranch.kernel.follow;

import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.List;

/// A session that follows one scope; all calls come on the session's own thread, one at a time.
public interface Follower {

  /// Whether it can take more now; when not, [Subscription#resume] tells when it can.
  boolean isReady();

  /// The next changes after the ones told before: every seq once and in order (K5).
  void changes(Announcement next);

  /// Everything that was committed so far has been told; from here on changes come as they are
  /// committed. Told once.
  ///
  /// @param lastId the id up to which everything was told
  void caughtUp(long lastId);

  /// What devices say of themselves; after `caughtUp` first the whole present set, then what
  /// changes, and what is said once.
  void present(List<Present> entries);

  /// The follower must start over; nothing more comes.
  void refetch(RefetchReason reason);

  /// Following broke on our side; nothing more comes.
  void failed(RuntimeException failure);
}
