package dev.anabranch.crdt;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An update in Yjs's format v2.
///
/// @param bytes not copied: whoever makes the update hands them over
public record UpdateV2(byte[] bytes) implements Update {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UpdateV2 that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "UpdateV2[" + bytes.length + " bytes]";
  }
}
