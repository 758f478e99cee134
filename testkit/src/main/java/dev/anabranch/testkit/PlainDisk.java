package dev.anabranch.testkit;

import dev.anabranch.kernel.store.StoreFailure;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// A disk that never fails and forgets nothing while the test runs.
public final class PlainDisk implements Disk {

  private ByteArrayOutputStream file = new ByteArrayOutputStream();
  private boolean owned;

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
    byte[] kept = Arrays.copyOf(file.toByteArray(), length);
    file = new ByteArrayOutputStream();
    file.writeBytes(kept);
  }

  @Override
  public void append(byte[] bytes) {
    file.writeBytes(bytes);
  }

  @Override
  public void sync() {}

  @Override
  public void close() {
    owned = false;
  }
}
