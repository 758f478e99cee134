package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.server.SignedAccess.Entry;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Who stands behind a key that proved itself, and as what they come in.
final class Entrance {

  /// What comes of it.
  sealed interface Arrival {
    /// Somebody comes in.
    record Welcome(Accounts.Account account, Entry entry) implements Arrival {}

    /// Nobody does.
    record Barred(Refusal refusal) implements Arrival {}
  }

  private final Kernel kernel;
  private final Memberships memberships;
  private final SignedPolicy policy;
  private final Accounts accounts;

  Entrance(Kernel kernel, Memberships memberships, SignedPolicy policy, Accounts accounts) {
    this.kernel = kernel;
    this.memberships = memberships;
    this.policy = policy;
    this.accounts = accounts;
  }

  /// Refused as `UNAUTHENTICATED` when the key was revoked.
  CompletionStage<Answer<Arrival>> of(PublicKey key) {
    return accounts
        .of(key)
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<Accounts.Account>(Accounts.Account account) -> arrive(account);
              case Answer.Refused<Accounts.Account>(Fault fault) ->
                  CompletableFuture.completedFuture(new Answer.Refused<>(fault));
            });
  }

  private CompletionStage<Answer<Arrival>> arrive(Accounts.Account account) {
    Entry entry = policy.entryOf(account);
    Arrival.Welcome welcome = new Arrival.Welcome(account, entry);
    return switch (entry) {
      case UNKNOWN ->
          CompletableFuture.completedFuture(
              new Answer.Refused<>(
                  new Fault(
                      FaultCode.UNAVAILABLE,
                      "the lists of members are still being read; try again in a moment")));
      case BANNED -> done(barred("the key " + account.key() + " is banned here"));
      case MEMBER ->
          new OwnScope(kernel)
              .claim(new Answer.Given<>(account))
              .thenApply(ignored -> new Answer.Given<>(welcome));
      case GUEST ->
          hasGrant(account)
              .thenApply(isGuest ->
                  new Answer.Given<>(
                      isGuest
                          ? welcome
                          : barred(
                              "only members come in here, and keys with which something is"
                                  + " shared")));
    };
  }

  private CompletionStage<Boolean> hasGrant(Accounts.Account account) {
    return new ReadScopes(kernel, memberships)
        .of(caller(account, Entry.GUEST, true), 1)
        .thenApply(some -> !some.isEmpty());
  }

  /// Who asks the kernel in a session.
  static Caller caller(Accounts.Account account, Entry entry, boolean readsOnly) {
    Set<PrincipalId> names = new HashSet<>(account.also());
    names.add(account.principal());
    return new Caller(
        account.principal(),
        SignedPolicy.authorityOf(names, readsOnly, entry == Entry.MEMBER),
        SignedGateway.ORIGIN,
        account.also());
  }

  /// Chats and the principal's own scopes; what else it may read belongs to other ways in.
  static boolean isOurs(Caller caller, ScopeName scope) {
    if (scope.kind().equals("chat")) {
      return true;
    }
    for (PrincipalId name : caller.names()) {
      if (SignedChanges.userScope(name).filter(scope::equals).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static Arrival barred(String why) {
    return new Arrival.Barred(new Refusal(SignedFault.FORBIDDEN, why));
  }

  private static CompletionStage<Answer<Arrival>> done(Arrival arrival) {
    return CompletableFuture.completedFuture(new Answer.Given<>(arrival));
  }
}
