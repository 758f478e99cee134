package dev.anabranch.bench.contender;

/// How long a client needs to hold everything.
public interface Snapshots {
  /// What was measured.
  ///
  /// @param bootstrapMillis from nothing to `rows` rows, parsed
  /// @param catchUpMillis from `rows` rows to `missed` more, parsed
  record Times(double bootstrapMillis, double catchUpMillis) {}

  /// Fills a scope, then lets a new client read it and an old one catch up.
  Times snapshots(int rows, int missed);
}
