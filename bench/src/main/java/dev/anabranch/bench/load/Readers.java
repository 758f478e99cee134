package dev.anabranch.bench.load;

import java.util.function.IntFunction;

/// A group of sockets to open.
///
/// @param count how many
/// @param openings how each begins, by its number
/// @param audience how many of them each change is for
/// @param timed of how many the delays are recorded; all are counted
/// @param receiveBufferBytes size of each socket's kernel receive buffer; 0 leaves it to the kernel
public record Readers(
    int count, IntFunction<Opening> openings, int audience, int timed, int receiveBufferBytes) {
  /// Sockets of which the first hundred are timed.
  public static Readers of(int count, Opening opening) {
    return new Readers(count, _ -> opening, count, 100, 0);
  }

  /// Sockets that are all timed.
  public static Readers timed(int count, Opening opening) {
    return new Readers(count, _ -> opening, count, count, 0);
  }

  /// Sockets that each begin in their own way, so that a change is for one of them; untimed.
  public static Readers apart(int count, IntFunction<Opening> openings) {
    return new Readers(count, openings, 1, 0, 0);
  }

  /// Sockets that are to stall: a small kernel buffer, so that bytes pile up at the server, and
  /// untimed.
  public static Readers stalling(int count, Opening opening) {
    return new Readers(count, _ -> opening, count, 0, 8 << 10);
  }
}
