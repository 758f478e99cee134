package dev.anabranch.link;

/// The body of a streamed answer, with back-pressure.
///
/// Callable from any thread, by one at a time. Heed [#writable]: what is written regardless is held
/// in memory, up to four times the high-water mark (256 KiB unless configured), where the stream is
/// given up. A peer that takes nothing for the write deadline (10 s) loses the stream.
public interface BodyWriter {
  /// Whether there is room; always yes after the peer has gone, when writes go nowhere.
  boolean writable();

  /// Whether the peer has gone or the stream has ended, so that there is no point in producing
  /// more.
  boolean closed();

  /// Adds to the body. The bytes must not be changed afterwards.
  void write(byte[] bytes);

  /// Puts what was written on its way, out of the compressor too. Without it, bytes go when there
  /// are enough.
  void flush();

  /// Ends the body well.
  void finish();

  /// Ends the body badly, so that the peer sees a broken answer and does not take it for a whole
  /// one.
  void abort();

  /// The task that runs on the loop whenever there is room again after [#writable] had said no.
  void onWritable(Runnable task);
}
