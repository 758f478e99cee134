package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The rights of many in some scopes: the grants of a scope are read once, however many ask. For
/// one batch of events that are committed already, and for one thread: what is granted or revoked
/// later is not noticed.
final class BatchRights implements ReadRights {

  /// Of a scope with more grants than this, each who asks is looked up.
  static final int GRANTS_MAX = 1_000;

  private static final PageLimit GRANTS = new PageLimit(GRANTS_MAX, 1024 * 1024);

  private final Kernel kernel;
  private final ReadRights each;
  private final Map<ScopeName, CompletableFuture<Optional<Map<EntityKey, Entity>>>> grants =
      new HashMap<>();
  private final ConcurrentMap<ScopeName, CompletableFuture<Boolean>> empty =
      new ConcurrentHashMap<>(); // asked where the grants were read

  /// Nothing is known yet.
  ///
  /// @param each asks for one at a time
  BatchRights(Kernel kernel, ReadRights each) {
    this.kernel = kernel;
    this.each = each;
  }

  @Override
  public CompletionStage<Boolean> isReader(ScopeName scope, List<Caller> callers) {
    return grants
        .computeIfAbsent(scope, this::grants)
        .thenCompose(known ->
            known
                .map(all -> (CompletionStage<Boolean>) done(reads(callers, scope, all)))
                .orElseGet(() -> each.isReader(scope, callers)));
  }

  private static boolean reads(
      List<Caller> callers, ScopeName scope, Map<EntityKey, Entity> grants) {
    return callers.stream()
        .anyMatch(caller -> Authorizer.rightOf(caller, scope, grants::get).covers(Right.READ));
  }

  /// All grants of a scope; empty = there are too many.
  private CompletableFuture<Optional<Map<EntityKey, Entity>>> grants(ScopeName scope) {
    return kernel
        .snapshot(NostrChanges.relay(), scope, Set.of(ModelName.GRANT), null, GRANTS)
        .thenApply(answer -> {
          if (answer instanceof Answer.Given<SnapshotPage>(SnapshotPage page)
              && page.next() == null) {
            Map<EntityKey, Entity> known = new HashMap<>();
            page.entities().forEach(grant -> known.put(grant.key(), grant));
            return Optional.of(known);
          }
          return Optional.<Map<EntityKey, Entity>>empty();
        })
        .toCompletableFuture();
  }

  @Override
  public CompletionStage<Boolean> isEmpty(ScopeName scope) {
    return empty.computeIfAbsent(scope, name -> each.isEmpty(name).toCompletableFuture());
  }

  private static CompletableFuture<Boolean> done(boolean value) {
    return CompletableFuture.completedFuture(value);
  }
}
