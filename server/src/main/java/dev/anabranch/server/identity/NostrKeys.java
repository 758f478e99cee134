package dev.anabranch.server.identity;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.server.Accounts;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whose Nostr keys are.
///
/// A key that was never linked has no credential: it is the principal of its own name. Linking
/// gives the joining key a credential that names the keeping key's principal; unlinking lets it
/// name itself again; revoking keeps the credential, so that the key stays out. Times of
/// credentials only grow, and a statement older than the joining key's credential is refused: none
/// is used twice.
public final class NostrKeys implements Accounts {

  /// The most keys of one principal.
  public static final int KEYS_MAX = 100;

  private final Supplier<Credentials> credentials;
  private final Executor readers;
  private final InstantSource clock;
  private final ReentrantLock changing = new ReentrantLock();

  /// Keys among a database's credentials.
  ///
  /// @param credentials the database's, or a failure when it is away; asked on `readers`
  public NostrKeys(Supplier<Credentials> credentials, Executor readers, InstantSource clock) {
    this.credentials = credentials;
    this.readers = readers;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Answer<Account>> of(PublicKey key) {
    return CompletableFuture.supplyAsync(() -> account(key), readers);
  }

  private Answer<Account> account(PublicKey key) {
    return account(key, find(key), this::also);
  }

  private Answer<Account> account(
      PublicKey key, Optional<Credential> found, Function<PrincipalId, Set<PrincipalId>> also) {
    if (found.filter(credential -> !counts(credential)).isPresent()) {
      return refused(FaultCode.UNAUTHENTICATED, "the key " + key + " was revoked");
    }
    PrincipalId principal = principal(key, found);
    return new Answer.Given<>(new Account(key, principal, also.apply(principal)));
  }

  private Set<PrincipalId> also(PrincipalId principal) {
    return also(principal, of(principal));
  }

  private Set<PrincipalId> also(PrincipalId principal, List<Credential> own) {
    Set<PrincipalId> also = new HashSet<>();
    for (Credential each : own) {
      if (counts(each)) {
        also.add(new PrincipalId(each.publicId()));
      }
    }
    also.remove(principal);
    return also;
  }

  @Override
  public CompletionStage<Map<PrincipalId, Set<PrincipalId>>> namesOf(Set<PrincipalId> principals) {
    return CompletableFuture.supplyAsync(
        () -> {
          Map<PrincipalId, Set<PrincipalId>> names = new HashMap<>();
          for (PrincipalId principal : principals) {
            Set<PrincipalId> also = also(principal);
            if (!also.isEmpty()) {
              names.put(principal, also);
            }
          }
          return names;
        },
        readers);
  }

  /// Whose several keys are; asks the database for these and their principals only, two questions
  /// for some at a time, and one for all when it says nothing of any key.
  CompletionStage<Map<PublicKey, Answer<Account>>> of(Set<PublicKey> some) {
    return CompletableFuture.supplyAsync(() -> accounts(List.copyOf(some)), readers);
  }

  private Map<PublicKey, Answer<Account>> accounts(List<PublicKey> keys) {
    Map<PublicKey, Answer<Account>> accounts = new HashMap<>();
    boolean any = credentials.get().any(Credential.NOSTR);
    for (int from = 0; from < keys.size(); from += Credentials.ASKED_MAX) {
      List<PublicKey> some =
          keys.subList(from, Math.min(keys.size(), from + Credentials.ASKED_MAX));
      Map<PublicKey, Credential> found = any ? find(some) : Map.of();
      Map<PrincipalId, List<Credential>> own = any ? own(principals(some, found)) : Map.of();
      for (PublicKey key : some) {
        accounts.put(
            key,
            account(
                key,
                Optional.ofNullable(found.get(key)),
                principal -> also(principal, own.getOrDefault(principal, List.of()))));
      }
    }
    return accounts;
  }

  private Map<PublicKey, Credential> find(List<PublicKey> keys) {
    Set<String> ids = keys.stream().map(PublicKey::hex).collect(Collectors.toSet());
    return credentials.get().find(Credential.NOSTR, ids).stream()
        .collect(Collectors.toMap(each -> new PublicKey(each.publicId()), each -> each));
  }

  private static Set<PrincipalId> principals(
      List<PublicKey> keys, Map<PublicKey, Credential> found) {
    return keys.stream()
        .map(key -> principal(key, Optional.ofNullable(found.get(key))))
        .collect(Collectors.toSet());
  }

  /// Each principal's credentials, by public id; one that has more than it may is asked for alone.
  private Map<PrincipalId, List<Credential>> own(Set<PrincipalId> principals) {
    int most = 2 * KEYS_MAX * Credentials.ASKED_MAX;
    List<Credential> all = credentials.get().of(Credential.NOSTR, principals, most + 1);
    return all.size() > most
        ? principals.stream().collect(Collectors.toMap(each -> each, this::of))
        : all.stream().collect(Collectors.groupingBy(Credential::principal));
  }

  /// Whether the database says anything of any key; where it does not, each is the principal of its
  /// own name.
  CompletionStage<Boolean> areAnyKept() {
    return CompletableFuture.supplyAsync(() -> credentials.get().any(Credential.NOSTR), readers);
  }

  @Override
  public CompletionStage<Map<PublicKey, PrincipalId>> principalsOf(Set<PublicKey> keys) {
    return CompletableFuture.supplyAsync(
        () -> {
          Map<PublicKey, PrincipalId> principals = new HashMap<>();
          keys.forEach(key -> principals.put(key, principal(key, find(key))));
          return principals;
        },
        readers);
  }

  @Override
  public CompletionStage<Answer<Changed>> link(LinkStatement statement) {
    return changing(() -> {
      Optional<Credential> keep = find(statement.keep());
      Optional<Credential> join = find(statement.join());
      PrincipalId principal = principal(statement.keep(), keep);
      Fault fault = objection(statement, keep, join, principal);
      if (fault != null) {
        return new Answer.Refused<>(fault);
      }
      long at = Math.max(statement.timestamp(), clock.millis());
      Credential joined =
          new Credential(
              Credential.NOSTR,
              statement.join().hex(),
              principal,
              null,
              Authority.GRANTED,
              "",
              at,
              null,
              null);
      return kept(joined)
          ? new Answer.Given<>(new Changed(principal, keysOf(principal, statement.keep())))
          : revoked(statement.join());
    });
  }

  private @Nullable Fault objection(
      LinkStatement statement,
      Optional<Credential> keep,
      Optional<Credential> join,
      PrincipalId principal) {
    if (keep.filter(this::counts).isEmpty() && keep.isPresent()) {
      return new Fault(FaultCode.FORBIDDEN, "the key " + statement.keep() + " was revoked");
    }
    if (join.filter(this::counts).isEmpty() && join.isPresent()) {
      return new Fault(FaultCode.FORBIDDEN, "the key " + statement.join() + " was revoked");
    }
    if (join.filter(credential -> credential.createdAt() >= statement.timestamp()).isPresent()) {
      return new Fault(FaultCode.INVALID, "the statement is older than the key's last change");
    }
    PrincipalId itself = new PrincipalId(statement.join().hex());
    if (!principal(statement.join(), join).equals(itself)
        || of(itself).stream().anyMatch(each -> isAnother(each, statement.join()))) {
      return new Fault(
          FaultCode.INVALID, "the key " + statement.join() + " is linked already; unlink it first");
    }
    return of(principal).size() < KEYS_MAX
        ? null
        : new Fault(FaultCode.QUOTA, "a principal has at most " + KEYS_MAX + " keys");
  }

  private boolean isAnother(Credential each, PublicKey key) {
    return counts(each) && !each.publicId().equals(key.hex());
  }

  @Override
  public CompletionStage<Answer<Changed>> unlink(Account by, PublicKey key) {
    return changing(() -> {
      Optional<Credential> found = find(key);
      PrincipalId itself = new PrincipalId(key.hex());
      Optional<Fault> fault = refusesToLetGo(by, key, found);
      if (fault.isPresent() || found.isEmpty() || found.get().principal().equals(itself)) {
        return new Answer.Refused<>(
            fault.orElse(new Fault(FaultCode.INVALID, "the key " + key + " is not linked")));
      }
      Set<PublicKey> ended = keysOf(by.principal(), by.key());
      return kept(found.get().movedTo(itself, after(found)))
          ? new Answer.Given<>(new Changed(itself, ended))
          : revoked(key);
    });
  }

  @Override
  public CompletionStage<Answer<Changed>> revoke(Account by, PublicKey key) {
    return changing(() -> {
      Optional<Credential> found = find(key);
      Optional<Fault> fault = refusesToLetGo(by, key, found);
      if (fault.isPresent()) {
        return new Answer.Refused<>(fault.get());
      }
      Set<PublicKey> ended = keysOf(by.principal(), by.key());
      long now = after(found);
      Credential out =
          new Credential(
              Credential.NOSTR,
              key.hex(),
              by.principal(),
              null,
              Authority.GRANTED,
              "",
              now,
              null,
              Math.min(now, clock.millis()));
      return kept(out) ? new Answer.Given<>(new Changed(by.principal(), ended)) : revoked(key);
    });
  }

  /// A principal's first key, whose name it bears, lets go of any; every other key of itself only.
  private Optional<Fault> refusesToLetGo(Account by, PublicKey key, Optional<Credential> found) {
    boolean ofPrincipal = principal(key, found).equals(by.principal());
    boolean isFirst = by.key().hex().equals(by.principal().text());
    return ofPrincipal && (isFirst || by.key().equals(key))
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.FORBIDDEN,
                "a principal's first key lets go of any of its keys, another one of itself"));
  }

  private long after(Optional<Credential> found) {
    return Math.max(clock.millis(), found.map(Credential::createdAt).orElse(0L) + 1);
  }

  private <T> CompletionStage<Answer<T>> changing(Supplier<Answer<T>> change) {
    return CompletableFuture.supplyAsync(
        () -> {
          changing.lock();
          try {
            return change.get();
          } finally {
            changing.unlock();
          }
        },
        readers);
  }

  /// The operator revokes keys beside this, also from another process.
  private boolean kept(Credential credential) {
    return credentials.get().putUnlessRevoked(credential);
  }

  private static <T> Answer<T> revoked(PublicKey key) {
    return refused(FaultCode.FORBIDDEN, "the key " + key + " was revoked");
  }

  private Optional<Credential> find(PublicKey key) {
    return credentials.get().find(Credential.NOSTR, key.hex());
  }

  private List<Credential> of(PrincipalId principal) {
    return credentials.get().of(Credential.NOSTR, principal, 2 * KEYS_MAX);
  }

  private Set<PublicKey> keysOf(PrincipalId principal, PublicKey first) {
    Set<PublicKey> keys = new HashSet<>();
    keys.add(first);
    of(principal).forEach(each -> keys.add(new PublicKey(each.publicId())));
    if (dev.anabranch.nostr.text.Hex.isLower(principal.text(), 64)) {
      keys.add(new PublicKey(principal.text()));
    }
    return keys;
  }

  private boolean counts(Credential credential) {
    return credential.countsAt(clock.millis());
  }

  private static PrincipalId principal(PublicKey key, Optional<Credential> found) {
    return found.map(Credential::principal).orElseGet(() -> new PrincipalId(key.hex()));
  }

  private static <T> Answer<T> refused(FaultCode code, String detail) {
    return new Answer.Refused<>(new Fault(code, detail));
  }
}
