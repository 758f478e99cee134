package dev.anabranch.kernel.log;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a write came to.
public sealed interface Outcome {

  /// It is in the log and on disk (K6), or changed nothing because the entity already says so.
  ///
  /// @param id the change's id, or that of the entity's last change when nothing had to change
  /// @param seq its place in the scope, likewise
  /// @param version the entity's version after it
  /// @param entity the entity after it; null when the outcome was remembered and the entity has
  ///   moved on since
  record Applied(long id, long seq, long version, @Nullable Entity entity) implements Outcome {}

  /// The key was seen before with the same write: here is the first answer (K2).
  ///
  /// @param first never itself a duplicate
  record Duplicate(Outcome first) implements Outcome {
    public Duplicate {
      if (first instanceof Duplicate) {
        throw new IllegalArgumentException("a duplicate of a duplicate");
      }
    }
  }

  /// The entity has another version than the writer expected (K9).
  ///
  /// @param current the entity as it stands; null when it never existed
  record Conflict(@Nullable Entity current) implements Outcome {}

  /// The answer is no.
  ///
  /// @param fault why
  record Refused(Fault fault) implements Outcome {
    public Refused {
      Objects.requireNonNull(fault, "fault");
    }
  }

  /// A refusal with this code and sentence.
  static Outcome refused(FaultCode code, String detail) {
    return new Refused(new Fault(code, detail));
  }
}
