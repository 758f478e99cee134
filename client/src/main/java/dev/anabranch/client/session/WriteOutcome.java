package dev.anabranch.client.session;

import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a write of this device came to.
public sealed interface WriteOutcome {

  /// The server has it on disk.
  ///
  /// @param syncId the id of its change
  /// @param version the entity's version after it
  record Applied(long syncId, long version) implements WriteOutcome {}

  /// Somebody else wrote in between; it had no effect.
  ///
  /// @param conflict what was written and what stands there
  /// @param rewrittenAs the key of the write that the conflict rule made of it; null = none, theirs
  ///   stays
  record Conflicted(Conflict conflict, @Nullable WriteKey rewrittenAs) implements WriteOutcome {
    public Conflicted {
      Objects.requireNonNull(conflict, "conflict");
    }
  }

  /// The server's answer was no; it had no effect.
  ///
  /// @param code a word for programs, such as `forbidden` or `schema`
  /// @param detail a sentence for people
  record Refused(String code, String detail) implements WriteOutcome {
    public Refused {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(detail, "detail");
    }
  }
}
