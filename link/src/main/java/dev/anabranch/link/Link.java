package dev.anabranch.link;

import java.time.Duration;

/// One WebSocket connection (or something that behaves like one) as a protocol's session sees it.
///
/// A link lives on one [LinkLoop]; its handler's methods, its outbox and everything given to
/// [#execute] run there, one at a time. Only [#peer], [#loop], [#execute], [#schedule] and [#close]
/// may be called from other threads.
public interface Link {
  /// Who is at the other end.
  Peer peer();

  /// The loop this link lives on, for life.
  LinkLoop loop();

  /// Where frames to the peer go.
  Outbox outbox();

  /// Says goodbye: no more frames are sent or received, and [LinkHandler#closed] follows once.
  ///
  /// Frames sent before are delivered first. A second call does nothing. Callable from any thread.
  ///
  /// @param code a WebSocket close code that may be sent: 1000–1003, 1007–1014 or 3000–4999 (RFC
  ///   6455, 7.4)
  /// @param reason a sentence for the peer; cut at 123 bytes of UTF-8
  void close(int code, String reason);

  /// Runs a task on this link's loop. What it sends is on its way only after [Outbox#flush].
  default void execute(Runnable task) {
    loop().execute(task);
  }

  /// Runs a task on this link's loop later. What it sends is on its way only after [Outbox#flush].
  default Cancellable schedule(Duration delay, Runnable task) {
    return loop().schedule(delay, task);
  }
}
