package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Every key is the principal of its own name.
class PlainAccounts implements Accounts {

  @Override
  public CompletionStage<Answer<Account>> of(PublicKey key) {
    return done(new Account(key, new PrincipalId(key.hex()), Set.of()));
  }

  @Override
  public CompletionStage<Map<PublicKey, PrincipalId>> principalsOf(Set<PublicKey> keys) {
    Map<PublicKey, PrincipalId> principals = new HashMap<>();
    keys.forEach(key -> principals.put(key, new PrincipalId(key.hex())));
    return CompletableFuture.completedFuture(principals);
  }

  @Override
  public CompletionStage<Map<PrincipalId, Set<PrincipalId>>> namesOf(Set<PrincipalId> principals) {
    return CompletableFuture.completedFuture(Map.of());
  }

  @Override
  public CompletionStage<Answer<Changed>> link(LinkStatement statement) {
    return no();
  }

  @Override
  public CompletionStage<Answer<Changed>> unlink(Account by, PublicKey key) {
    return no();
  }

  @Override
  public CompletionStage<Answer<Changed>> revoke(Account by, PublicKey key) {
    return no();
  }

  static <T> CompletionStage<Answer<T>> done(T value) {
    return CompletableFuture.completedFuture(new Answer.Given<>(value));
  }

  private static <T> CompletionStage<Answer<T>> no() {
    return CompletableFuture.completedFuture(
        new Answer.Refused<>(new Fault(FaultCode.FORBIDDEN, "keys are not changed here")));
  }
}
