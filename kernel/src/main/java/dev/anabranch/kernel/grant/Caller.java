package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.PrincipalId;
import java.util.Objects;

/// Who asks the kernel for something, as the gateway established it.
///
/// @param principal who acts
/// @param authority what the credential at hand lets that principal do at most
/// @param origin the gateway, such as `scope`; it is written into the change
public record Caller(PrincipalId principal, Authority authority, String origin) {

  public Caller {
    Objects.requireNonNull(principal, "principal");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(origin, "origin");
  }
}
