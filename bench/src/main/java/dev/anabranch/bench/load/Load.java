package dev.anabranch.bench.load;

import java.time.Duration;

/// What is to be written, how fast and how long.
///
/// Writing ends with `changes` or `duration`, whichever comes first; the run ends when every change
/// was answered and has reached every reader that it is for and that is not stalled, or `patience`
/// later.
///
/// @param writes what is written
/// @param pace how fast
/// @param changes most changes written; `Long.MAX_VALUE` leaves it to the duration
/// @param duration longest time of writing
/// @param patience longest wait for the last delivery after it
public record Load(Writes writes, Pace pace, long changes, Duration duration, Duration patience) {
  /// Writes for so long.
  public static Load lasting(Writes writes, Pace pace, Duration duration) {
    return new Load(writes, pace, Long.MAX_VALUE, duration, Duration.ofSeconds(20));
  }

  /// Writes so many.
  public static Load of(Writes writes, Pace pace, long changes) {
    return new Load(writes, pace, changes, Duration.ofMinutes(5), Duration.ofSeconds(60));
  }
}
