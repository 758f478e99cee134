package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;

/// The oracle over a store in memory.
class StoredOracleMemoryTest extends StoredOracleContract {

  private final PlainDisk disk = new PlainDisk();

  @Override
  StoreOpener store() {
    return () -> MemoryStore.open(disk);
  }
}
