package dev.anabranch.link;

/// What a protocol does with a link: the callbacks of one connection, all on the link's loop, one
/// at a time.
///
/// Pings, pongs, fragments, compression, masks and idle time are the transport's business. A method
/// that throws ends the link with 1011; a protocol answers what the peer did wrong, it does not
/// throw it.
public interface LinkHandler {
  /// The link is open and its outbox takes frames. Called first, once.
  default void opened() {}

  /// A text message arrived: whole, inflated, within the size limit, valid UTF-8.
  void text(String message);

  /// A binary message arrived: whole, inflated, within the size limit. The bytes are the handler's
  /// own.
  void binary(byte[] message);

  /// The outbox has room again after [Outbox#writable] had said no.
  default void writable() {}

  /// The link has ended; called once, last, and always after [#opened].
  ///
  /// @param code the peer's close code if it closed first (1005 when it gave none), ours if we did,
  ///   1006 when the connection was lost without a word
  /// @param reason what went with the code; may be empty
  void closed(int code, String reason);
}
