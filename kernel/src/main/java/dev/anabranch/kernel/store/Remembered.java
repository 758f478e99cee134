package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;

/// The first answer to a write, kept so that a retry gets it again (K2).
///
/// @param of scope, principal and key of the write
/// @param hash what the write said
/// @param outcome never a duplicate; an applied one comes without its entity
public record Remembered(Name of, WriteHash hash, Outcome outcome) {

  public Remembered {
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(hash, "hash");
    if (outcome instanceof Outcome.Duplicate) {
      throw new IllegalArgumentException("a duplicate is not a first answer");
    }
  }

  /// Within which a key is unique.
  public record Name(ScopeName scope, PrincipalId principal, WriteKey key) {}
}
