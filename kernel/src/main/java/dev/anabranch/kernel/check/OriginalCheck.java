package dev.anabranch.kernel.check;

import dev.anabranch.kernel.log.Bytes;
import java.util.Optional;

/// Says what is wrong with the signed original of a marked change, as far as its protocol's rules
/// tell; pure.
@FunctionalInterface
public interface OriginalCheck {

  /// No protocol is known: what can be read is right.
  OriginalCheck NONE = proof -> Optional.empty();

  /// What is wrong with it, as half a sentence that goes on after the change's name; empty when
  /// nothing is.
  ///
  /// @param proof byte for byte, not empty
  Optional<String> fault(Bytes proof);
}
