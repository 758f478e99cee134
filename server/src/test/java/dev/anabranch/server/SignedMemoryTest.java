package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SignedMemoryTest extends SignedEntitiesContract {

  private final PlainDisk disk = new PlainDisk();

  @Override
  StoreOpener opener() {
    return () -> MemoryStore.open(disk);
  }
}
