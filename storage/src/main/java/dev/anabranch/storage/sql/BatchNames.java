package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The numbers that stand for the scopes and principals of one batch.
public final class BatchNames {

  private final Map<ScopeName, ScopeRow> scopes = new HashMap<>();
  private final Map<PrincipalId, Long> principals = new HashMap<>();

  /// Puts in a known scope.
  public void put(ScopeRow scope) {
    scopes.put(scope.head().scope(), scope);
  }

  /// Puts in a known principal.
  public void put(PrincipalId principal, long principalId) {
    principals.put(principal, principalId);
  }

  @Nullable ScopeRow scope(ScopeName scope) {
    return scopes.get(scope);
  }

  boolean knows(ScopeName scope) {
    return scopes.containsKey(scope);
  }

  boolean knows(PrincipalId principal) {
    return principals.containsKey(principal);
  }

  /// The number of a known scope.
  public long id(ScopeName scope) {
    return Objects.requireNonNull(scopes.get(scope), scope::text).scopeId();
  }

  /// The number of a known principal.
  public long id(PrincipalId principal) {
    return Objects.requireNonNull(principals.get(principal), principal::text);
  }
}
