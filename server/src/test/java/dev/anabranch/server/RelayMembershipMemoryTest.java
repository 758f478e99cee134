package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;

/// Members over a store in memory.
class RelayMembershipMemoryTest extends RelayMembershipContract {

  private final PlainDisk disk = new PlainDisk();

  @Override
  StoreOpener store() {
    return () -> MemoryStore.open(disk);
  }
}
