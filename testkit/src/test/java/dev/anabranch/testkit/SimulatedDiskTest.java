package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SimulatedDiskTest {

  private static final ScopeName SCOPE = new ScopeName("org:1");

  @Test
  void whatWasSyncedSurvivesEveryCrash() {
    SimulatedDisk disk = new SimulatedDisk(new Random(1));
    disk.open();
    disk.append(new byte[] {1, 2, 3});
    disk.sync();
    disk.append(new byte[] {4, 5, 6});
    disk.crash();
    assertThat(disk.open()).startsWith(1, 2, 3).hasSizeBetween(3, 6);
  }

  @Test
  void aCrashAtAnyStepLosesNoAcknowledgedWriteAndKeepsEveryBatchWhole() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      SimulatedDisk disk = new SimulatedDisk(random);
      WriteGenerator writes = new WriteGenerator(random, "w");
      List<Write> acknowledged = new ArrayList<>();
      for (int life = 0; life < 4; life++) {
        TestWriter writer = new TestWriter(MemoryStore.open(disk));
        disk.failAfter(random.nextInt(12));
        writeUntilItFails(writer, writes, acknowledged);
        disk.crash();
      }
      MemoryStore recovered = MemoryStore.open(disk);
      assertThat(new FoldCheck(recovered, TestModels.ALL).everything())
          .as("seed " + seed)
          .isEmpty();
      TestWriter again = new TestWriter(recovered);
      for (Write write : acknowledged) {
        assertThat(again.write(write)).as("seed " + seed).isInstanceOf(Outcome.Duplicate.class);
      }
    }
  }

  private static void writeUntilItFails(
      TestWriter writer, WriteGenerator writes, List<Write> acknowledged) {
    try {
      while (true) {
        Write write = writes.next(SCOPE);
        writer.write(write);
        acknowledged.add(write);
      }
    } catch (StoreFailure failure) {
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.BROKEN);
    }
  }

  @Test
  void whatIsFoundAfterAFailedSyncIsSafeBeforeItIsShown() {
    for (int seed = 0; seed < 50; seed++) {
      SimulatedDisk disk = new SimulatedDisk(new Random(seed));
      MemoryStore store = MemoryStore.open(disk);
      Write write = new WriteGenerator(new Random(seed), "w").next(SCOPE);
      disk.failAfter(1);
      assertThatThrownBy(() -> new TestWriter(store).write(write)).isInstanceOf(StoreFailure.class);
      store.close();
      disk.heal();
      TestWriter again = new TestWriter(MemoryStore.open(disk));
      assertThat(again.write(write)).isInstanceOf(Outcome.Duplicate.class);
      disk.crash();
      TestWriter afterTheCrash = new TestWriter(MemoryStore.open(disk));
      assertThat(afterTheCrash.write(write)).isInstanceOf(Outcome.Duplicate.class);
    }
  }

  @Test
  void afterAFailedCommitNothingMoreIsAcknowledged() {
    SimulatedDisk disk = new SimulatedDisk(new Random(1));
    MemoryStore store = MemoryStore.open(disk);
    TestWriter writer = new TestWriter(store);
    WriteGenerator writes = new WriteGenerator(new Random(2), "w");
    disk.failAfter(1);
    assertThatThrownBy(() -> writer.write(writes.next(SCOPE))).isInstanceOf(StoreFailure.class);
    assertThatThrownBy(() -> writer.write(writes.next(SCOPE))).isInstanceOf(StoreFailure.class);
    assertThatThrownBy(() -> store.head(SCOPE)).isInstanceOf(StoreFailure.class);
  }
}
