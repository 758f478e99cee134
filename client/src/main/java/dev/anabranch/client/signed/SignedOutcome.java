package dev.anabranch.client.signed;

import dev.anabranch.client.session.Conflict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a write came to.
public sealed interface SignedOutcome {

  /// It is on the server's disk.
  ///
  /// @param version the entity's version after it
  /// @param syncId the id of its change
  record Accepted(long version, long syncId) implements SignedOutcome {}

  /// Somebody else was first, and the conflict rule gave this write up.
  ///
  /// @param conflict both sides
  record GivenUp(Conflict conflict) implements SignedOutcome {
    public GivenUp {
      Objects.requireNonNull(conflict, "conflict");
    }
  }

  /// Somebody else was first; another write takes this one's place.
  ///
  /// @param key the key of the new write
  record Merged(String key) implements SignedOutcome {
    public Merged {
      Objects.requireNonNull(key, "key");
    }
  }

  /// The server said no.
  ///
  /// @param code a word of the error catalogue
  /// @param detail a sentence; may be null
  record Refused(String code, @Nullable String detail) implements SignedOutcome {
    public Refused {
      Objects.requireNonNull(code, "code");
    }
  }
}
