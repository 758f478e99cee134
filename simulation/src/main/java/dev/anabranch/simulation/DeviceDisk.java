package dev.anabranch.simulation;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.SimulatedDisk;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// A device's local copy on a disk that loses and tears what was not synced: what the client's
/// SQLite file is with a write-ahead log and `synchronous = full`.
///
/// A transaction is one record behind the others, synced before [#write] returns; what a crash
/// leaves is a prefix of the records, and a torn one counts as none. So of a transaction that was
/// under way everything may be there or nothing, and nobody was told which; every earlier one is
/// there. The bytes on the disk say which transactions are; what they did is kept beside it.
final class DeviceDisk implements ReplicaStore {

  /// The power failed in the midst of a transaction.
  static final class PowerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerFailure() {
      super("the power fails");
    }
  }

  /// A transaction's number, and the same inverted: a torn or garbled record is none.
  private static final int RECORD_BYTES = 8;

  private final SimulatedDisk disk;
  private final Map<Integer, MemoryReplica> unsynced = new HashMap<>();
  private MemoryReplica synced;
  private MemoryReplica now;
  private int last;
  private int lastSynced;
  private int stepsUntilPowerFails = -1;

  DeviceDisk(DeviceId device, SimulatedDisk disk) {
    this.disk = disk;
    this.synced = new MemoryReplica(device);
    this.now = synced;
    open();
  }

  /// Lets the power fail within the next transaction.
  ///
  /// @param steps how many of its three steps – append, sync, return – are still taken
  void failPowerAfter(int steps) {
    stepsUntilPowerFails = steps;
  }

  /// Lets the disk fail from one of the next operations on.
  void failAfter(int operations) {
    disk.failAfter(operations);
  }

  /// Whatever was to fail does not.
  void heal() {
    stepsUntilPowerFails = -1;
    disk.heal();
  }

  /// The power is gone and comes back.
  ///
  /// @return whether the transaction that was begun last is there
  boolean crash() {
    disk.crash();
    return reopen();
  }

  /// The process ended, and the next one opens the file; the disk works again.
  ///
  /// @return whether the transaction that was begun last is there
  boolean reopen() {
    int begun = last;
    disk.close();
    heal();
    open();
    return last == begun;
  }

  private void open() {
    ByteBuffer content = ByteBuffer.wrap(disk.open());
    int whole = 0;
    while (content.remaining() >= RECORD_BYTES) {
      int number = content.getInt();
      if (content.getInt() != ~number) {
        break;
      }
      whole = number;
    }
    if (whole * RECORD_BYTES < content.limit()) {
      disk.truncate(whole * RECORD_BYTES);
    }
    disk.sync(); // what was found may never have been synced, and is about to be shown
    if (whole > lastSynced) {
      synced = Objects.requireNonNull(unsynced.get(whole), "what was never written is there");
    }
    unsynced.clear();
    last = whole;
    lastSynced = whole;
    now = synced.fork();
  }

  @Override
  public <T> T write(Function<ReplicaTransaction, T> work) {
    T result =
        now.write(transaction -> {
          T made = work.apply(transaction);
          commit();
          return made;
        });
    if (disk.unsyncedBytes() == 0) {
      lastSynced = last;
      unsynced.clear();
      synced = now;
    }
    return result;
  }

  private void commit() {
    last++;
    try {
      step();
      disk.append(ByteBuffer.allocate(RECORD_BYTES).putInt(last).putInt(~last).array());
      step();
      disk.sync();
      step();
      if (disk.unsyncedBytes() > 0) {
        unsynced.put(last, now.fork());
      }
    } catch (PowerFailure failure) {
      unsynced.put(last, now.fork());
      throw failure;
    } catch (StoreFailure failure) {
      unsynced.put(last, now.fork());
      throw new ReplicaFailure("the device's disk fails", failure);
    }
  }

  private void step() {
    if (stepsUntilPowerFails == 0) {
      throw new PowerFailure();
    }
    stepsUntilPowerFails--;
  }

  @Override
  public <T> T read(Function<ReplicaReading, T> work) {
    return now.read(work);
  }

  @Override
  public void close() {
    disk.close();
  }
}
