package dev.anabranch.client.session;

import dev.anabranch.kernel.log.Bytes;
import java.util.List;

/// A document as this device has it, pending edits included.
///
/// @param edition rises when what was there is given up, see [Documents]
/// @param updates what makes it up, in any order
/// @param reached the number of the last update that the local copy keeps of it; 0 = none
public record OpenedState(long edition, List<Bytes> updates, long reached) {
  public OpenedState {
    updates = List.copyOf(updates);
  }
}
