package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/// Who asks the kernel for something, as the gateway established it.
///
/// @param principal who acts; the author of what is written
/// @param authority what the credential at hand lets that principal do at most
/// @param origin the gateway, such as `scope`; it is written into the change
/// @param also other names that the same principal goes by, such as those of keys that were linked
///   to it; what is granted to them counts for it
public record Caller(
    PrincipalId principal, Authority authority, String origin, Set<PrincipalId> also) {

  public Caller {
    Objects.requireNonNull(principal, "principal");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(origin, "origin");
    also = Set.copyOf(also);
  }

  /// A caller that goes by one name.
  public Caller(PrincipalId principal, Authority authority, String origin) {
    this(principal, authority, origin, Set.of());
  }

  /// Every name whose grants count, the principal's own first.
  public Set<PrincipalId> names() {
    if (also.isEmpty()) {
      return Set.of(principal);
    }
    Set<PrincipalId> names = new LinkedHashSet<>();
    names.add(principal);
    names.addAll(also);
    return names;
  }

  /// Whose words this caller may erase in a scope ([dev.anabranch.kernel.log.Write#erasing]); empty
  /// = everybody's.
  public Set<PrincipalId> erasable(ScopeName scope) {
    return authority.owns(scope) ? Set.of() : names();
  }
}
