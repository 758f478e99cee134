package dev.anabranch.kernel.mark;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import java.util.Optional;

/// Which mark a change of a model gets; pure. The server binds it to a protocol's originals.
@FunctionalInterface
public interface Marking {

  /// A change's mark; empty when it has no original that could be found: then it is refused.
  Optional<Mark> of(Change change);

  /// The mark of an original that has one, whose change may be gone; empty when it cannot be read.
  default Optional<Mark> ofOriginal(Bytes original) {
    return Optional.empty();
  }
}
