package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// A principal's own scope is its own, also where another way in wrote there first: a Nostr event
/// of the key, a field of the operator's.
///
/// A scope that nobody wrote to is left alone: its first writer founds it. A grant that is there,
/// whatever it says, is somebody's decision and stays.
final class OwnScope {

  /// Whoever asks for the server itself.
  static final Caller SERVER =
      new Caller(new PrincipalId("server"), Authority.OWNER, SignedGateway.ORIGIN);

  private static final WriteKey KEY = new WriteKey("own scope");

  private final Kernel kernel;

  OwnScope(Kernel kernel) {
    this.kernel = kernel;
  }

  /// The answer as it is, once the scope is the principal's.
  CompletionStage<Answer<Accounts.Account>> claim(Answer<Accounts.Account> answer) {
    Optional<ScopeName> scope =
        answer instanceof Answer.Given<Accounts.Account>(Accounts.Account account)
            ? SignedChanges.userScope(account.principal())
            : Optional.empty();
    if (!(answer instanceof Answer.Given<Accounts.Account>(Accounts.Account account))
        || scope.isEmpty()) {
      return CompletableFuture.completedFuture(answer);
    }
    EntityKey grant = EntityKey.grant(scope.get(), account.principal());
    return kernel
        .head(SERVER, scope.get())
        .thenCompose(head -> isKnown(head) ? kernel.entity(SERVER, grant) : nobody())
        .thenCompose(found -> isAbsent(found) ? grant(grant) : done())
        .thenApply(ignored -> answer);
  }

  private static boolean isKnown(Answer<ScopeHead> head) {
    return head instanceof Answer.Given<ScopeHead>(ScopeHead known) && known.seq() > 0;
  }

  private static boolean isAbsent(Answer<Optional<Entity>> found) {
    return found instanceof Answer.Given<Optional<Entity>>(Optional<Entity> grant)
        && grant.isEmpty();
  }

  private static CompletionStage<Answer<Optional<Entity>>> nobody() {
    return CompletableFuture.completedFuture(
        new Answer.Refused<>(new Fault(FaultCode.ABSENT, "nobody wrote there")));
  }

  private CompletionStage<Boolean> grant(EntityKey grant) {
    JsonObject admin = JsonObject.EMPTY.with("right", Right.ADMIN.word());
    return kernel
        .commit(Commit.of(SERVER, Write.insert(KEY, grant, admin).expecting(0)))
        .thenApply(outcomes -> true);
  }

  private static CompletionStage<Boolean> done() {
    return CompletableFuture.completedFuture(true);
  }
}
