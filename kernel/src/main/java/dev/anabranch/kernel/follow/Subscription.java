package dev.anabranch.kernel.follow;

/// A follower's hold on what it follows; to be called on the follower's own thread.
public interface Subscription {

  /// The follower is ready again after it was not.
  void resume();

  /// Nothing more is told.
  void cancel();
}
