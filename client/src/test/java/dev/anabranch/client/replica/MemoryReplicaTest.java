package dev.anabranch.client.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.ScopeName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

  @Test
  void aForkGoesItsOwnWay() {
    ScopeName scope = new ScopeName("org:1");
    MemoryReplica one = new MemoryReplica(new DeviceId("d"));
    place(one, scope, 1);
    MemoryReplica fork = one.fork();
    place(one, scope, 2);
    place(fork, scope, 3);
    assertThat(placed(one, scope)).isEqualTo(2);
    assertThat(placed(fork, scope)).isEqualTo(3);
  }

  private static void place(ReplicaStore replica, ScopeName scope, long lastId) {
    replica.<Boolean>write(copy -> {
      copy.place(new ScopeCursor(scope, lastId, lastId));
      return true;
    });
  }

  private static long placed(ReplicaStore replica, ScopeName scope) {
    return replica.<Long>read(copy -> copy.cursor(scope).map(ScopeCursor::lastId).orElse(0L));
  }
}
