package dev.anabranch.client.replica;

/// The local copy broke or cannot be had; the message says what, where and what to do.
///
/// After one the client stops (fail stop): what was queued before is on disk, and a new client on
/// the same file goes on with it.
public final class ReplicaFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// A failure with its cause.
  public ReplicaFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /// A failure that has no cause besides what the message says.
  public ReplicaFailure(String message) {
    super(message);
  }
}
