package dev.anabranch.testkit;

import dev.anabranch.kernel.store.Store;

final class MemoryCredentialsTest extends CredentialsContract {

  private final Disk disk = new PlainDisk();

  @Override
  protected Store open() {
    return MemoryStore.open(disk);
  }
}
