package dev.anabranch.bench.load;

/// A group of sockets to open.
///
/// @param count how many
/// @param opening how each begins
/// @param timed of how many the delays are recorded; all are counted
/// @param receiveBufferBytes size of each socket's kernel receive buffer; 0 leaves it to the kernel
public record Readers(int count, Opening opening, int timed, int receiveBufferBytes) {
  /// Sockets of which the first hundred are timed.
  public static Readers of(int count, Opening opening) {
    return new Readers(count, opening, 100, 0);
  }

  /// Sockets that are to stall: a small kernel buffer, so that bytes pile up at the server, and
  /// untimed.
  public static Readers stalling(int count, Opening opening) {
    return new Readers(count, opening, 0, 8 << 10);
  }
}
