package dev.anabranch.kernel.mark;

import dev.anabranch.kernel.log.Change;
import java.util.Objects;

/// A change and the mark it got.
public record Marked(Change change, Mark mark) {

  public Marked {
    Objects.requireNonNull(change, "change");
    Objects.requireNonNull(mark, "mark");
    Objects.requireNonNull(change.proof(), "a marked change has an original");
  }
}
