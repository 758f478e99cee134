package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Cause;
import java.util.Objects;

/// When and after what a write stands, as the sequencer settled it.
///
/// @param cause device, count and base
/// @param hlc hybrid logical time
public record Stamp(Cause cause, long hlc) {

  public Stamp {
    Objects.requireNonNull(cause, "cause");
  }
}
