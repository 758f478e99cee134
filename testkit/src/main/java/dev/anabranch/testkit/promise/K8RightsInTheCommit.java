package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.model.Models;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// K8: rights are checked inside the commit; after a revocation's seq nothing more reaches the
/// revoked.
///
/// One checker may hear of every change of every scope as it is committed.
public final class K8RightsInTheCommit {

  private final Models models;
  private final Set<PrincipalId> owners;
  private final Map<EntityKey, Entity> known = new HashMap<>();

  /// A checker.
  ///
  /// @param owners principals whose credential needs no grant
  public K8RightsInTheCommit(Models models, Set<PrincipalId> owners) {
    this.models = models;
    this.owners = Set.copyOf(owners);
  }

  /// What a change breaks that is committed now.
  public List<String> committed(Change change) {
    Right needed = models.of(change.entity().model()).writer();
    boolean founding = change.seq() == 1 && grantsTo(change, change.author());
    boolean allowed =
        founding
            || owners.contains(change.author())
            || rightOf(change.author(), change, known).covers(needed);
    fold(known, change, models);
    return allowed
        ? List.of()
        : List.of("K8: " + change.author() + " had no right to make " + change);
  }

  /// Changes in one scope's whole log whose authors had no right to make them.
  ///
  /// @param owners principals whose credential needs no grant
  public static List<String> broken(List<Change> log, Models models, Set<PrincipalId> owners) {
    K8RightsInTheCommit law = new K8RightsInTheCommit(models, owners);
    List<String> broken = new ArrayList<>();
    log.forEach(change -> broken.addAll(law.committed(change)));
    return broken;
  }

  /// What a follower was told after it had lost the right to read.
  ///
  /// @param log one scope's whole log
  /// @param sinceSeq the seq at which the follower's right was looked up
  /// @param lastTold the last seq that it was told
  public static List<String> leaked(
      List<Change> log, Models models, PrincipalId follower, long sinceSeq, long lastTold) {
    Map<EntityKey, Entity> grants = new HashMap<>();
    for (Change change : log) {
      fold(grants, change, models);
      boolean revoked =
          change.seq() > sinceSeq
              && change.entity().model().equals(ModelName.GRANT)
              && !rightOf(follower, change, grants).covers(Right.READ);
      if (revoked) {
        return lastTold <= change.seq()
            ? List.of()
            : List.of(
                "K8: %s lost its right at seq %d and was told seq %d"
                    .formatted(follower, change.seq(), lastTold));
      }
    }
    return List.of();
  }

  private static void fold(Map<EntityKey, Entity> grants, Change change, Models models) {
    EntityKey key = change.entity();
    if (key.model().equals(ModelName.GRANT)) {
      grants.put(key, models.of(key.model()).rule().fold(grants.get(key), change));
    }
  }

  private static boolean grantsTo(Change change, PrincipalId principal) {
    return change.entity().equals(EntityKey.grant(change.scope(), principal));
  }

  private static Right rightOf(
      PrincipalId principal, Change change, Map<EntityKey, Entity> grants) {
    Caller caller = new Caller(principal, Authority.GRANTED, change.origin());
    return Authorizer.rightOf(caller, change.scope(), grants::get);
  }
}
