package dev.anabranch.testkit;

/// An append-only file as a journal needs it: the seam under [MemoryStore].
///
/// Every method throws [dev.anabranch.kernel.store.StoreFailure] when the disk breaks.
public interface Disk {

  /// Takes the file for its only owner.
  ///
  /// @return everything that is in it
  byte[] open();

  /// Cuts the file to its first bytes.
  void truncate(int length);

  /// Adds bytes at the end; a crash may lose or tear them until [#sync].
  void append(byte[] bytes);

  /// Makes everything that was appended survive a crash.
  void sync();

  /// Gives the file up for the next owner.
  void close();
}
