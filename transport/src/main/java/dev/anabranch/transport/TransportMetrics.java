package dev.anabranch.transport;

/// What a transport tells those who count. Every method may be called from any loop and must not
/// block.
public interface TransportMetrics {
  /// Nobody counts.
  TransportMetrics NONE = new TransportMetrics() {};

  /// Why a connection was not let in.
  enum Refusal {
    /// The limit of all connections is reached.
    TOTAL,
    /// The limit of one address is reached.
    ADDRESS,
    /// TLS failed, or was not spoken on a port that wants it.
    TLS
  }

  /// What a peer did not do in time.
  enum Deadline {
    HEADER,
    BODY,
    IDLE,
    WRITE,
    CLOSE
  }

  default void connectionOpened() {}

  default void connectionClosed() {}

  default void connectionRefused(Refusal why) {}

  default void deadlineMissed(Deadline which) {}

  /// An answer has been written whole.
  default void httpAnswered(int status) {}

  /// A request was answered by the transport itself, because of how it was made: 400, 408, 413…
  default void httpRefused(int status) {}

  /// An answer broke off: the peer went away, was too slow, or the handler gave up.
  default void httpBroken() {}

  default void linkOpened() {}

  /// @param code as in [dev.anabranch.link.LinkHandler#closed]
  default void linkClosed(int code) {}

  /// @param bytes after inflating
  default void messageReceived(int bytes) {}

  /// @param bytes on the wire, before TLS
  default void frameSent(int bytes) {}

  /// A frame broke RFC 6455 or a limit; the link closes with the code.
  default void frameRefused(int code) {}

  /// An outbox reached its high-water mark.
  default void linkPaused() {}

  /// An outbox has room again.
  default void linkResumed() {}

  /// A session sent on regardless; the link closes with 1013.
  default void linkOverflowed() {}

  /// How much of what a link's peer has not taken yet changed, as it is looked at several times a
  /// second and when the link ends.
  ///
  /// @param bytes more, or fewer when negative; their sum is what waits in all outboxes
  default void pendingBytes(long bytes) {}

  /// A certificate was read again because its files changed.
  ///
  /// @param ok whether it is in use; if not, the one before stays
  default void tlsReloaded(boolean ok) {}
}
