package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Bytes;
import java.util.Objects;

/// The state of a document up to one of its changes.
///
/// @param seq the seq of the last change that is in it
/// @param state everything that the changes up to it said
public record Folded(long seq, Bytes state) {

  public Folded {
    Objects.requireNonNull(state, "state");
    if (seq < 1) {
      throw new IllegalArgumentException("seq " + seq);
    }
  }
}
