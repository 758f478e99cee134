package dev.anabranch.link;

/// The way out of a link: a bounded buffer in front of a peer that may read slowly or not at all.
///
/// The bound is the high-water mark (256 KiB unless configured) plus one frame, for a session that
/// heeds [#writable]: when it says no, stop following, and go on from the cursor when
/// [LinkHandler#writable] is called. While an outbox is over its mark the server reads no more from
/// that peer, so answers cannot pile up either. A session that sends on regardless is cut off at
/// four times the mark on top of its largest frame: the link closes with 1013.
///
/// Use it on the link's loop only; elsewhere it throws [IllegalStateException].
public interface Outbox {
  /// Whether there is room. Turns to no at the high-water mark, to yes again at a quarter of it.
  boolean writable();

  /// Queues a frame; a closed link ignores it. See [Frame] for who owns what.
  void send(Frame frame);

  /// Puts what was queued on its way.
  ///
  /// Call it once at the end of a drain or an executed task. Inside the methods of [LinkHandler] it
  /// is not needed: the transport flushes after each batch of frames that it has delivered.
  void flush();
}
