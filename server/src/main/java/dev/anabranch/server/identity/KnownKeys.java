package dev.anabranch.server.identity;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.nostr.server.Identities;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import dev.anabranch.protocol.signed.server.Accounts;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Whose keys are, for every protocol, and word of it when that changes: connections that stand on
/// a key end when what was known of it no longer holds.
///
/// A change that is made here is told at once. One that is made elsewhere – straight in the
/// database – is seen by [#sweep]. While the database is away nobody is sent off: what cannot be
/// asked is not known.
public final class KnownKeys implements Accounts {

  /// Who has connections of keys.
  private record Holder(
      Supplier<Set<PublicKey>> open, Consumer<PublicKey> changed, boolean makesChanges) {}

  private static final String KEPT = "is anything kept of any key?";

  private final NostrKeys keys;
  private final AsyncCache<PublicKey, Answer<Account>> known;
  private final AsyncCache<String, Boolean> anyKept; // of one question
  private final List<Holder> holders = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<PublicKey, Answer<Account>> seen = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final AtomicLong changes = new AtomicLong();

  /// Keys whose answers are remembered for those who ask with every event.
  ///
  /// @param nanos a monotonic clock
  /// @param entriesMax keys remembered
  /// @param believedMillis how long what the database said counts
  public KnownKeys(NostrKeys keys, LongSupplier nanos, int entriesMax, int believedMillis) {
    this.keys = keys;
    this.known = believed(nanos, entriesMax, believedMillis);
    this.anyKept = believed(nanos, 1, believedMillis);
  }

  private static <K, V> AsyncCache<K, V> believed(
      LongSupplier nanos, int entriesMax, int believedMillis) {
    return Caffeine.newBuilder()
        .maximumSize(entriesMax)
        .expireAfterWrite(Duration.ofMillis(believedMillis))
        .ticker(nanos::getAsLong)
        .executor(Runnable::run)
        .buildAsync();
  }

  /// Tells somebody of changes from now on.
  ///
  /// @param open the keys that have connections now
  /// @param changed ends the connections of a key; run on any thread
  /// @param makesChanges whether it ends connections itself when it has changed keys here, after it
  ///   has answered
  public void tell(
      Supplier<Set<PublicKey>> open, Consumer<PublicKey> changed, boolean makesChanges) {
    holders.add(new Holder(open, changed, makesChanges));
  }

  /// The answers as the relay asks for them, believed for a moment. While no key is linked or
  /// revoked, none is asked for by itself: a relay has more authors than can be remembered.
  public Identities identities() {
    return new Identities() {
      @Override
      public CompletionStage<Answer<Identity>> of(PublicKey key) {
        return anyKept().thenCompose(any -> any ? identity(key) : PLAIN.of(key));
      }

      @Override
      public CompletionStage<Identity> named(PublicKey key) {
        return of(key)
            .thenCompose(answer ->
                switch (answer) {
                  case Answer.Given<Identity>(Identity identity) ->
                      CompletableFuture.completedFuture(identity);
                  case Answer.Refused<Identity> ignored -> last(key);
                });
      }
    };
  }

  /// Whose a revoked key was.
  private CompletionStage<Identity> last(PublicKey key) {
    return keys.principalsOf(Set.of(key))
        .thenApply(principals -> Objects.requireNonNull(principals.get(key)))
        .thenCompose(principal ->
            keys.namesOf(Set.of(principal))
                .thenApply(
                    names -> new Identity(principal, names.getOrDefault(principal, Set.of()))));
  }

  private CompletionStage<Boolean> anyKept() {
    return anyKept.get(KEPT, (ignored, executor) -> keys.areAnyKept().toCompletableFuture());
  }

  private CompletionStage<Answer<Identity>> identity(PublicKey key) {
    return known
        .get(key, (asked, executor) -> keys.of(asked).toCompletableFuture())
        .thenApply(
            answer -> answer.map(account -> new Identity(account.principal(), account.also())));
  }

  /// Ends the connections of keys that are no longer whose they were; to be called once in the time
  /// that answers are believed. Does nothing while the last one is under way.
  public void sweep() {
    Set<PublicKey> open = new HashSet<>();
    holders.forEach(holder -> open.addAll(holder.open().get()));
    seen.keySet().retainAll(open);
    if (open.isEmpty() || !sweeping.compareAndSet(false, true)) {
      return;
    }
    long before = changes.get();
    keys.of(open)
        .whenComplete((answers, failure) -> {
          sweeping.set(false);
          // What was read before a change here may be older than what a new session was told.
          if (failure == null && changes.get() == before) {
            answers.forEach(this::compare);
          }
        });
  }

  private void compare(PublicKey key, Answer<Account> answer) {
    Answer<Account> before = seen.put(key, answer);
    if (answer instanceof Answer.Refused || (before != null && !before.equals(answer))) {
      forget(key);
      anyKept.synchronous().invalidateAll();
      holders.forEach(holder -> holder.changed().accept(key));
    }
  }

  private void forget(PublicKey key) {
    known.synchronous().invalidate(key);
    seen.remove(key);
  }

  @Override
  public CompletionStage<Answer<Account>> of(PublicKey key) {
    return keys.of(key)
        .thenApply(answer -> {
          seen.putIfAbsent(key, answer); // what a sweep is to compare with
          return answer;
        });
  }

  @Override
  public CompletionStage<Map<PublicKey, PrincipalId>> principalsOf(Set<PublicKey> some) {
    return keys.principalsOf(some);
  }

  @Override
  public CompletionStage<Map<PrincipalId, Set<PrincipalId>>> namesOf(Set<PrincipalId> some) {
    return anyKept().thenCompose(any -> keys.namesOf(any ? some : Set.of()));
  }

  @Override
  public CompletionStage<Answer<Changed>> link(LinkStatement statement) {
    return telling(keys.link(statement), statement.join());
  }

  @Override
  public CompletionStage<Answer<Changed>> unlink(Account by, PublicKey key) {
    return telling(keys.unlink(by, key), key);
  }

  @Override
  public CompletionStage<Answer<Changed>> revoke(Account by, PublicKey key) {
    return telling(keys.revoke(by, key), key);
  }

  private CompletionStage<Answer<Changed>> telling(
      CompletionStage<Answer<Changed>> changing, PublicKey key) {
    return changing.thenApply(answer -> {
      if (answer instanceof Answer.Given<Changed>(Changed changed)) {
        Set<PublicKey> ended = new HashSet<>(changed.ended());
        ended.add(key);
        changes.incrementAndGet();
        ended.forEach(this::forget);
        anyKept.synchronous().invalidateAll();
        for (Holder holder : holders) {
          if (!holder.makesChanges()) {
            ended.forEach(holder.changed());
          }
        }
      }
      return answer;
    });
  }
}
