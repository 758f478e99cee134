package dev.anabranch.engine;

/// Runs something later.
@FunctionalInterface
public interface Timer {

  /// Runs a task once, after a time; never before this call has returned.
  void after(long millis, Runnable task);
}
