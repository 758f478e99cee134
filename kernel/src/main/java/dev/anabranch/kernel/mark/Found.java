package dev.anabranch.kernel.mark;

import dev.anabranch.kernel.log.Bytes;
import java.util.Objects;

/// A marked change that was found.
///
/// @param id the change's id
/// @param spot where it stands in the order
/// @param proof the signed original, byte for byte (K7)
public record Found(long id, Spot spot, Bytes proof) {

  public Found {
    Objects.requireNonNull(spot, "spot");
    Objects.requireNonNull(proof, "proof");
  }
}
