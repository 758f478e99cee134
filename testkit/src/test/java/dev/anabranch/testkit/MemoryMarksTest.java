package dev.anabranch.testkit;

import dev.anabranch.kernel.store.Store;

final class MemoryMarksTest extends MarksContract {

  private final Disk disk = new PlainDisk();

  @Override
  protected Store open() {
    return MemoryStore.open(disk);
  }
}
