package dev.anabranch.storage.sql;

/// Connections that only read, shared by many threads.
public interface Readers extends AutoCloseable {

  /// Reads in one transaction, so that everything read is of one moment.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure when the database fails
  <T> T read(Work<T> work);

  @Override
  void close();
}
