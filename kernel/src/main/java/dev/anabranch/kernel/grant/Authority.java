package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.ScopeName;
import java.util.List;
import java.util.Set;

/// What a credential lets its principal do at most; it narrows grants and never widens them.
///
/// @param scopes where it counts; empty = nowhere
/// @param ceiling the highest right it carries
/// @param mayCreate whether the first write to an unknown scope makes the principal its admin
/// @param ownsServer whether grants are not asked at all: the operator, and `local` on an open
///   loopback
/// @param own scopes that are the principal's own by what it proved just now: signed originals need
///   no grant there, and whoever has no grant at all and may create becomes their admin by the
///   first other write
public record Authority(
    List<ScopePattern> scopes,
    Right ceiling,
    boolean mayCreate,
    boolean ownsServer,
    Set<ScopeName> own) {

  /// Everything: the operator's, and that of `local` on an open loopback.
  public static final Authority OWNER =
      new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, true);

  /// Whatever the grants say, everywhere.
  public static final Authority GRANTED =
      new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, false, false);

  public Authority {
    scopes = List.copyOf(scopes);
    own = Set.copyOf(own);
  }

  /// An authority that owns no scope by itself.
  public Authority(
      List<ScopePattern> scopes, Right ceiling, boolean mayCreate, boolean ownsServer) {
    this(scopes, ceiling, mayCreate, ownsServer, Set.of());
  }

  /// Whether everything in a scope is the principal's to decide, whatever its grants say.
  public boolean owns(ScopeName scope) {
    return ownsServer || own.contains(scope);
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
