package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.DeviceId;
import org.jspecify.annotations.Nullable;

final class MemoryReplicaTest extends ReplicaStoreContract {

  private @Nullable MemoryReplica memory;

  @Override
  ReplicaStore open(DeviceId fresh) {
    MemoryReplica held = memory;
    if (held == null) {
      held = new MemoryReplica(fresh);
      memory = held;
    }
    return held;
  }
}
