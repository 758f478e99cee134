package dev.anabranch.server.identity;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Tells whose a token is.
///
/// What the database said is believed for a moment, so that a busy client costs one query in that
/// time; a revocation is seen when the moment is over. An unknown, expired or revoked token and a
/// wrong secret get the same answer: nobody learns which ids exist.
public final class TokenCheck {

  private static final Fault UNKNOWN =
      new Fault(
          FaultCode.UNAUTHENTICATED,
          "the token is unknown, expired or revoked; anabranch token create makes one");

  private final AsyncLoadingCache<String, Optional<Credential>> known;
  private final InstantSource clock;

  /// A check of a database's tokens.
  ///
  /// @param credentials the database's, or a failure when it is away; asked on `readers`
  /// @param nanos a monotonic clock
  /// @param entriesMax tokens remembered
  /// @param believedMillis how long what the database said counts
  public TokenCheck(
      Supplier<Credentials> credentials,
      Executor readers,
      InstantSource clock,
      LongSupplier nanos,
      int entriesMax,
      int believedMillis) {
    this.clock = clock;
    Ticker ticker = nanos::getAsLong;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(entriesMax)
            .expireAfterWrite(Duration.ofMillis(believedMillis))
            .ticker(ticker)
            .executor(readers)
            .buildAsync(id -> credentials.get().find(Credential.TOKEN, id));
  }

  /// Who shows this token; fails with a StoreFailure when the database is away.
  public CompletionStage<Answer<Identified>> check(String text) {
    Optional<ApiToken> token = ApiToken.parse(text);
    return token.isEmpty()
        ? CompletableFuture.completedFuture(new Answer.Refused<>(UNKNOWN))
        : known.get(token.get().id()).thenApply(credential -> proved(token.get(), credential));
  }

  private Answer<Identified> proved(ApiToken token, Optional<Credential> found) {
    return found
        .filter(credential -> credential.countsAt(clock.millis()))
        .filter(credential ->
            credential.secretHash() != null && token.provesTo(credential.secretHash()))
        .<Answer<Identified>>map(credential ->
            new Answer.Given<>(
                new Identified(
                    credential.principal(), credential.authority(), Optional.of(token.id()))))
        .orElseGet(() -> new Answer.Refused<>(UNKNOWN));
  }

  /// Whether a token that was good still is.
  CompletionStage<Boolean> stillCounts(String id) {
    return known
        .get(id)
        .thenApply(
            found -> found.filter(credential -> credential.countsAt(clock.millis())).isPresent());
  }

  /// Forgets what was said of a token, as after it was revoked here.
  public void forget(String id) {
    known.synchronous().invalidate(id);
  }
}
