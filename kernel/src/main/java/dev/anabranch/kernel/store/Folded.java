package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Bytes;
import org.jspecify.annotations.Nullable;

/// The state of a document up to one of its changes.
///
/// @param seq the seq of the last change that is in it
/// @param state everything that the changes up to it said; null = that change deleted the document
public record Folded(long seq, @Nullable Bytes state) {

  public Folded {
    if (seq < 1) {
      throw new IllegalArgumentException("seq " + seq);
    }
  }
}
