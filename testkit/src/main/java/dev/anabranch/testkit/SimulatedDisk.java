package dev.anabranch.testkit;

import dev.anabranch.kernel.store.StoreFailure;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A disk whose crashes lose or tear what was not synced, as a seed decides.
///
/// What was synced always survives. What was not may survive wholly, in part, with its last bytes
/// garbled, or not at all.
public final class SimulatedDisk implements Disk {

  private final RandomGenerator random;
  private ByteArrayOutputStream file = new ByteArrayOutputStream();
  private int syncedLength;
  private boolean owned;
  private boolean broken;
  private boolean lying;
  private int operationsUntilFailure = -1;
  private long syncs;
  private long tornBytes;

  /// An empty disk.
  ///
  /// @param random decides what a crash leaves
  public SimulatedDisk(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public byte[] open() {
    if (owned) {
      throw new StoreFailure(StoreFailure.Kind.LOCKED, "the disk is open already");
    }
    owned = true;
    return file.toByteArray();
  }

  @Override
  public void truncate(int length) {
    operate();
    rewrite(Arrays.copyOf(file.toByteArray(), length));
  }

  @Override
  public void append(byte[] bytes) {
    operate();
    file.writeBytes(bytes);
  }

  @Override
  public void sync() {
    operate();
    if (!lying) {
      syncedLength = file.size();
    }
    syncs++;
  }

  @Override
  public void close() {
    owned = false;
  }

  /// Cuts the power: the owner is gone, and of what was not synced a part may be left.
  public void crash() {
    int pending = file.size() - syncedLength;
    int kept = pending == 0 ? 0 : random.nextInt(pending + 1);
    byte[] left = Arrays.copyOf(file.toByteArray(), syncedLength + kept);
    if (kept > 0 && random.nextBoolean()) {
      left[left.length - 1] ^= (byte) (1 + random.nextInt(255));
    }
    tornBytes += pending - kept;
    rewrite(left);
    owned = false;
    heal();
  }

  /// Lets an operation from now on fail, and every later one until the next [#crash].
  ///
  /// @param operations how many still succeed
  public void failAfter(int operations) {
    operationsUntilFailure = operations;
  }

  /// Lets operations succeed again; what was appended without a sync is still there, but not yet
  /// safe.
  public void heal() {
    broken = false;
    operationsUntilFailure = -1;
  }

  /// From now on syncs only claim to have synced.
  public void lie() {
    lying = true;
  }

  /// How many syncs succeeded.
  public long syncs() {
    return syncs;
  }

  /// How many bytes a crash could lose now.
  public int unsyncedBytes() {
    return file.size() - syncedLength;
  }

  /// How many bytes crashes have lost.
  public long tornBytes() {
    return tornBytes;
  }

  private void operate() {
    if (operationsUntilFailure == 0) {
      broken = true;
    }
    if (operationsUntilFailure > 0) {
      operationsUntilFailure--;
    }
    if (broken) {
      throw new StoreFailure(StoreFailure.Kind.BROKEN, "the simulated disk fails");
    }
  }

  private void rewrite(byte[] content) {
    file = new ByteArrayOutputStream();
    file.writeBytes(content);
    syncedLength = content.length;
  }
}
