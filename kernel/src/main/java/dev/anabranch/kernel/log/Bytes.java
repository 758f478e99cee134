package dev.anabranch.kernel.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable run of bytes: a CRDT update, a ciphertext, a proof.
public final class Bytes {

  private final byte[] owned;

  private Bytes(byte[] owned) {
    this.owned = owned;
  }

  /// These bytes, copied.
  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  /// How many.
  public int size() {
    return owned.length;
  }

  /// A copy that the caller may keep and change.
  public byte[] toArray() {
    return owned.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes bytes && Arrays.equals(owned, bytes.owned);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(owned);
  }

  @Override
  public String toString() {
    return owned.length + " bytes";
  }
}
