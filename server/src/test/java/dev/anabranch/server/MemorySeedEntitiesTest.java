package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;

/// Seeds' entities over a store in memory.
class MemorySeedEntitiesTest extends SeedEntitiesContract {

  private final PlainDisk disk = new PlainDisk();

  @Override
  StoreOpener store() {
    return () -> MemoryStore.open(disk);
  }
}
