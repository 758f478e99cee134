package dev.anabranch.client.replica;

import java.util.function.Function;

/// Where a local copy is kept; every implementation sits the same contract suite.
///
/// [#write] is called by one thread at a time, [#read] by many. Every method throws
/// [ReplicaFailure] when the edge breaks.
public interface ReplicaStore extends AutoCloseable {

  /// Runs work in one transaction and makes it durable before returning: after a kill at any moment
  /// either all of it is there or nothing.
  ///
  /// When the work throws, nothing is changed and the exception passes through.
  <T> T write(Function<ReplicaTransaction, T> work);

  /// Reads as of one moment, never what a transaction under way has done.
  <T> T read(Function<ReplicaReading, T> work);

  @Override
  void close();
}
