package dev.anabranch.testkit;

import dev.anabranch.kernel.store.Store;

final class MemoryStoreTest extends StoreContract {

  private final Disk disk = new PlainDisk();

  @Override
  protected Store open() {
    return MemoryStore.open(disk);
  }

  @Override
  protected void restore() {
    MemoryStore.restore(disk);
  }
}
