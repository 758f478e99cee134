package dev.anabranch.kernel.store;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;

/// A principal's right in a scope.
///
/// @param scope where
/// @param right what was granted; not `NONE`
/// @param id the id of the change that granted it last
public record Membership(ScopeName scope, Right right, long id) {

  public Membership {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(right, "right");
  }
}
