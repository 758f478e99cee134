package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.server.SharingChanges.Named;
import dev.anabranch.protocol.signed.wire.Payload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Finds out whom payloads share chats with: whose keys they name, and what grants the other names
/// of these have. Whoever names nobody, or nobody with a second name, costs no read of a chat.
final class SharingLookup {

  private static final Set<ModelName> GRANTS = Set.of(ModelName.GRANT);
  private static final PageLimit PAGE = new PageLimit(1_000, 256 * 1024);

  private final Kernel kernel;
  private final Accounts accounts;
  private final Caller caller;

  SharingLookup(Kernel kernel, Accounts accounts, Caller caller) {
    this.kernel = kernel;
    this.accounts = accounts;
    this.caller = caller;
  }

  CompletionStage<Sharing> of(List<Payload> payloads) {
    Named named = Named.in(payloads);
    if (named.isEmpty()) {
      return CompletableFuture.completedFuture(Sharing.NONE);
    }
    return accounts
        .principalsOf(named.keys())
        .thenCompose(principals -> {
          Set<PrincipalId> shared = new HashSet<>(named.principals());
          shared.addAll(principals.values());
          return accounts.namesOf(shared).thenCompose(also -> withHeld(payloads, principals, also));
        });
  }

  private CompletionStage<Sharing> withHeld(
      List<Payload> payloads,
      Map<PublicKey, PrincipalId> principals,
      Map<PrincipalId, Set<PrincipalId>> also) {
    Set<ScopeName> scopes = new HashSet<>();
    if (!also.isEmpty()) {
      payloads.forEach(payload -> SharingChanges.sharedBy(payload).ifPresent(scopes::add));
    }
    CompletionStage<Map<EntityKey, Right>> held =
        CompletableFuture.completedFuture(new HashMap<>());
    for (ScopeName scope : scopes) {
      held = held.thenCompose(before -> grants(scope, null, before));
    }
    return held.thenApply(all -> new Sharing(principals, also, all));
  }

  /// Whoever may not read a chat is told so when it writes.
  private CompletionStage<Map<EntityKey, Right>> grants(
      ScopeName scope, SnapshotPage.@Nullable Place after, Map<EntityKey, Right> held) {
    return kernel
        .snapshot(caller, scope, GRANTS, after, PAGE)
        .thenCompose(answer -> {
          if (!(answer instanceof Answer.Given<SnapshotPage>(SnapshotPage page))) {
            return CompletableFuture.completedFuture(held);
          }
          for (Entity grant : page.entities()) {
            held.put(grant.key(), Authorizer.granted(grant));
          }
          return page.next() == null
              ? CompletableFuture.completedFuture(held)
              : grants(scope, page.next(), held);
        });
  }
}
