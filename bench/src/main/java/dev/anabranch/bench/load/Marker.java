package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The mark every measured change carries in its data: `^` and the sender's nanoseconds in 16 hex
/// digits.
///
/// A receiver counts changes by counting the mark and reads a delay from the digits, without
/// decoding a frame: batches, envelopes and protocols do not matter, and eight bytes are looked at
/// in one step. `^` stands nowhere else in the text of any measured protocol, but the length of a
/// frame may look like it: a mark counts only with two zeros behind it, which every clock begins
/// with here and no length.
public final class Marker {
  /// The byte that is counted.
  public static final byte MARK = '^';

  /// How many hex digits follow it.
  public static final int STAMP_DIGITS = 16;

  /// Mark and digits, as text of the right width to put into a template.
  public static final String PLACEHOLDER = "^@@@@@@@@@@@@@@@@";

  /// A mark that is counted and never timed: it is of a moment later than any clock here says.
  public static final String UNTIMED = "^00ffffffffffffff";

  /// What stands twice behind the mark: the clock would need two years to say anything else.
  public static final byte ZERO = '0';

  /// Mark and zeros together.
  public static final int SURE_BYTES = 3;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long PATTERN = ONES * MARK;
  private static final byte[] HEX =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private Marker() {}

  /// What is called for each mark that is found.
  @FunctionalInterface
  public interface Sink {
    /// A mark stands at `index` of the scanned buffer.
    void found(int index);
  }

  /// Finds every mark in `[from, to)` of a little-endian buffer and answers how many there were.
  public static int scan(ByteBuffer buffer, int from, int to, Sink sink) {
    if (buffer.order() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalArgumentException("buffer order " + buffer.order());
    }
    int found = 0;
    int index = from;
    for (; index + Long.BYTES <= to; index += Long.BYTES) {
      long difference = buffer.getLong(index) ^ PATTERN;
      long zeros = exactZeroBytes(difference);
      while (zeros != 0) {
        sink.found(index + (Long.numberOfTrailingZeros(zeros) >>> 3));
        found++;
        zeros &= zeros - 1;
      }
    }
    for (; index < to; index++) {
      if (buffer.get(index) == MARK) {
        sink.found(index);
        found++;
      }
    }
    return found;
  }

  // The short form (x - ONES & ~x & HIGHS) also flags a byte 0x01 above a zero byte; this one is
  // exact.
  private static long exactZeroBytes(long x) {
    long low = (x & ~HIGHS) + ~HIGHS;
    return ~(low | x | ~HIGHS);
  }

  /// The nanoseconds behind the mark at `index`, or -1 if they reach past `to`.
  public static long stamp(ByteBuffer buffer, int index, int to) {
    if (index + STAMP_DIGITS >= to) {
      return -1;
    }
    long nanos = 0;
    for (int digit = 1; digit <= STAMP_DIGITS; digit++) {
      nanos = nanos << 4 | Character.digit(buffer.get(index + digit), 16);
    }
    return nanos;
  }

  /// Writes the digits of `nanos` at `at`.
  public static void putStamp(byte[] target, int at, long nanos) {
    for (int digit = STAMP_DIGITS - 1; digit >= 0; digit--) {
      target[at + digit] = HEX[(int) (nanos & 15)];
      nanos >>>= 4;
    }
  }
}
