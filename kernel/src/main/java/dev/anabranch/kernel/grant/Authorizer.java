package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one place that decides rights (K8): every gateway and the commit itself ask here.
///
/// A grant is an entity of the reserved model `grant` whose id is a principal and whose field
/// `right` is a [Right]'s word; the entity of [#ANYONE] counts for everybody. What is not granted
/// is denied. In a private scope nobody is granted anything: it is its namesake's to read and to
/// write.
public final class Authorizer {

  /// Stands for every principal in a grant: a public scope grants it `read`.
  public static final PrincipalId ANYONE = new PrincipalId("anyone");

  private Authorizer() {}

  /// The right that a caller has in a scope.
  ///
  /// @param grants looks up an entity as it stands now; null = there is none
  public static Right rightOf(
      Caller caller, ScopeName scope, Function<EntityKey, @Nullable Entity> grants) {
    Right ceiling = caller.authority().ceilingIn(scope);
    if (ceiling == Right.NONE || caller.authority().ownsServer()) {
      return ceiling;
    }
    if (scope.isPrivate()) {
      return isNamesake(caller, scope) ? Right.WRITE.atMost(ceiling) : Right.NONE;
    }
    Right right = granted(grants.apply(EntityKey.grant(scope, ANYONE)));
    for (PrincipalId name : caller.names()) {
      Right own = granted(grants.apply(EntityKey.grant(scope, name)));
      right = own.covers(right) ? own : right;
    }
    return right.atMost(ceiling);
  }

  private static boolean isNamesake(Caller caller, ScopeName scope) {
    return caller.names().stream().anyMatch(name -> name.text().equals(scope.id()));
  }

  /// The right that a grant gives; `NONE` when it was deleted or never was.
  public static Right granted(@Nullable Entity grant) {
    if (grant == null || grant.deleted()) {
      return Right.NONE;
    }
    return grant.data().string("right").flatMap(Right::ofWord).orElse(Right.NONE);
  }
}
