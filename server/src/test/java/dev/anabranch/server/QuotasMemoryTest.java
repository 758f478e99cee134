package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;

/// Quotas over a store in memory.
class QuotasMemoryTest extends QuotasContract {

  private final PlainDisk disk = new PlainDisk();

  @Override
  StoreOpener store() {
    return () -> MemoryStore.open(disk);
  }
}
