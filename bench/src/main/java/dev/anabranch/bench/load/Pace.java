package dev.anabranch.bench.load;

/// How fast changes are written.
public sealed interface Pace {
  /// Whenever a caller is free.
  record Free() implements Pace {}

  /// So many a second, evenly.
  record Rate(double perSecond) implements Pace {}

  /// While fewer than so many changes are on their way to the average reader.
  record Window(int changes) implements Pace {}

  /// Whenever a caller is free.
  static Pace free() {
    return new Free();
  }

  /// So many changes a second.
  static Pace rate(double perSecond) {
    return new Rate(perSecond);
  }

  /// At most so many changes on their way.
  static Pace window(int changes) {
    return new Window(changes);
  }
}
