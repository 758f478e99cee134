package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.ScopeName;
import java.util.List;

/// What a credential lets its principal do at most; it narrows grants and never widens them.
///
/// @param scopes where it counts; empty = nowhere
/// @param ceiling the highest right it carries
/// @param mayCreate whether the first write to an unknown scope makes the principal its admin
/// @param ownsServer whether grants are not asked at all: the operator, and `local` on an open
///   loopback
public record Authority(
    List<ScopePattern> scopes, Right ceiling, boolean mayCreate, boolean ownsServer) {

  /// Everything: the operator's, and that of `local` on an open loopback.
  public static final Authority OWNER =
      new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, true);

  /// Whatever the grants say, everywhere.
  public static final Authority GRANTED =
      new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, false, false);

  public Authority {
    scopes = List.copyOf(scopes);
  }

  /// The highest right that this authority carries in a scope.
  public Right ceilingIn(ScopeName scope) {
    for (ScopePattern pattern : scopes) {
      if (pattern.matches(scope)) {
        return ceiling;
      }
    }
    return Right.NONE;
  }
}
