package dev.anabranch.link;

/// Something scheduled that can still be called off.
@FunctionalInterface
public interface Cancellable {
  /// Calls it off; too late or twice is harmless.
  void cancel();
}
