package dev.anabranch.kernel.mark;

import dev.anabranch.kernel.log.Change;
import java.util.Optional;

/// Which mark a change of a model gets; pure. The server binds it to a protocol's originals.
@FunctionalInterface
public interface Marking {

  /// A change's mark; empty when it has no original that could be found: then it is refused.
  Optional<Mark> of(Change change);
}
