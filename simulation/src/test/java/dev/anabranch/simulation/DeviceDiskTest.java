package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.testkit.SimulatedDisk;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a crash leaves of a device's local copy.
final class DeviceDiskTest {

  private static final ScopeName SCOPE = new ScopeName("org:1");
  private static final int BEFORE_THE_APPEND = 0;
  private static final int BEFORE_THE_SYNC = 1;
  private static final int BEFORE_THE_RETURN = 2;

  @Test
  void whatCameBackIsThereAfterACrash() {
    DeviceDisk disk = disk(1);
    place(disk, 1);
    place(disk, 2);
    assertThat(disk.crash()).isTrue();
    assertThat(placed(disk)).isEqualTo(2);
    place(disk, 3);
    assertThat(disk.reopen()).isTrue();
    assertThat(placed(disk)).isEqualTo(3);
  }

  @Test
  void whatWasNeverAppendedIsGone() {
    DeviceDisk disk = disk(1);
    place(disk, 1);
    interrupt(disk, BEFORE_THE_APPEND);
    assertThat(disk.crash()).isFalse();
    assertThat(placed(disk)).isEqualTo(1);
  }

  @Test
  void whatWasSyncedIsThereThoughNobodyHeardOfIt() {
    DeviceDisk disk = disk(1);
    place(disk, 1);
    interrupt(disk, BEFORE_THE_RETURN);
    assertThat(disk.crash()).isTrue();
    assertThat(placed(disk)).isEqualTo(2);
  }

  @Test
  void whatWasNotSyncedIsThereWhollyOrNotAtAll() {
    int kept = 0;
    int seeds = 200;
    for (int seed = 0; seed < seeds; seed++) {
      DeviceDisk disk = disk(seed);
      place(disk, 1);
      interrupt(disk, BEFORE_THE_SYNC);
      boolean isThere = disk.crash();
      assertThat(placed(disk)).isEqualTo(isThere ? 2 : 1);
      kept += isThere ? 1 : 0;
      place(disk, 9);
      assertThat(disk.crash()).isTrue();
      assertThat(placed(disk)).isEqualTo(9);
    }
    assertThat(kept).isBetween(1, seeds - 1);
  }

  @Test
  void aProcessThatComesBackWithoutACrashFindsWhatWasAppended() {
    DeviceDisk disk = disk(1);
    place(disk, 1);
    disk.failAfter(1);
    assertThatThrownBy(() -> place(disk, 2)).isInstanceOf(ReplicaFailure.class);
    assertThat(placed(disk)).isEqualTo(1);
    assertThat(disk.reopen()).isTrue();
    assertThat(placed(disk)).isEqualTo(2);
  }

  @Test
  void aDiskThatLiesLosesWhatCameBack() {
    SimulatedDisk lying = new SimulatedDisk(new SplittableRandom(3));
    lying.lie();
    DeviceDisk disk = new DeviceDisk(new DeviceId("d"), lying);
    for (int value = 1; value <= 100; value++) {
      place(disk, value);
    }
    assertThat(disk.crash()).isFalse();
    assertThat(placed(disk)).isBetween(0L, 99L);
  }

  private static DeviceDisk disk(long seed) {
    return new DeviceDisk(new DeviceId("d"), new SimulatedDisk(new SplittableRandom(seed)));
  }

  private static void interrupt(DeviceDisk disk, int steps) {
    disk.failPowerAfter(steps);
    assertThatThrownBy(() -> place(disk, 2)).isInstanceOf(DeviceDisk.PowerFailure.class);
  }

  private static void place(DeviceDisk disk, long value) {
    disk.<Boolean>write(copy -> {
      copy.place(new ScopeCursor(SCOPE, value, value));
      return true;
    });
  }

  private static long placed(DeviceDisk disk) {
    return disk.<Long>read(copy -> copy.cursor(SCOPE).map(ScopeCursor::lastId).orElse(0L));
  }
}
