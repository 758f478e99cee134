package dev.anabranch.bench.setting;

import java.time.Duration;

/// How much is measured.
///
/// @param quick whether this is the short run
/// @param integrityChanges changes of the integrity row
/// @param rounds how often each contender of a rate is measured; the best counts
/// @param warmUp how long a server works before its rate is measured: it is one that has been
///   running, whose hot paths are compiled
/// @param load how long one rate is measured
/// @param lowRateWrites how many writes the latency row times
/// @param peerEntities how many entities the peers are filled with
public record Settings(
    boolean quick,
    int integrityChanges,
    int rounds,
    Duration warmUp,
    Duration load,
    int lowRateWrites,
    int peerEntities) {
  /// Sockets of the fan-out and stall rows.
  public static final int SUBSCRIBERS = 1_000;

  /// Sockets of the idle row.
  public static final int IDLE_SOCKETS = 10_000;

  /// Entities of the bootstrap row.
  public static final int ENTITIES = 100_000;

  /// Changes of the catch-up row.
  public static final int MISSED = 10_000;

  /// Callers of the writes row.
  public static final int CALLERS = 256;

  /// Bytes of the data of a measured change.
  public static final int DATA_BYTES = 300;

  /// The run that ends within five minutes.
  public static Settings ofQuickRun(int integrityChanges) {
    return new Settings(
        true, integrityChanges, 1, Duration.ofSeconds(6), Duration.ofSeconds(3), 100, 10_000);
  }

  /// The run whose figures are published.
  public static Settings ofFullRun(int integrityChanges) {
    return new Settings(
        false, integrityChanges, 3, Duration.ofSeconds(30), Duration.ofSeconds(6), 400, 100_000);
  }
}
