package dev.anabranch.client;

/// Somebody who listens, until this is closed.
@FunctionalInterface
public interface Registration extends AutoCloseable {

  /// Tells no more; twice is harmless.
  @Override
  void close();
}
