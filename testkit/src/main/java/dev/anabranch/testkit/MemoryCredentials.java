package dev.anabranch.testkit;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The credentials of a [MemoryStore], in its journal.
final class MemoryCredentials implements Credentials {

  /// Runs work while the store is usable and nobody else is in it.
  @FunctionalInterface
  interface Guard {
    <T> T run(Supplier<T> work);
  }

  private final Guard guard;
  private final MemoryTables tables;
  private final Consumer<JournalRecord> journal;

  MemoryCredentials(Guard guard, MemoryTables tables, Consumer<JournalRecord> journal) {
    this.guard = guard;
    this.tables = tables;
    this.journal = journal;
  }

  @Override
  public void add(Credential credential) {
    guard.run(() -> {
      keep(credential);
      return credential;
    });
  }

  @Override
  public Optional<Credential> find(String kind, String publicId) {
    return guard.run(() -> Optional.ofNullable(tables.credentials.get(List.of(kind, publicId))));
  }

  @Override
  public void put(Credential credential) {
    add(credential);
  }

  @Override
  public boolean putUnlessRevoked(Credential credential) {
    return guard.run(() -> {
      Credential standing =
          tables.credentials.get(List.of(credential.kind(), credential.publicId()));
      if (standing != null && standing.revokedAt() != null) {
        return false;
      }
      keep(credential);
      return true;
    });
  }

  @Override
  public List<Credential> find(String kind, Set<String> publicIds) {
    return guard.run(() ->
        tables.credentials.values().stream()
            .filter(credential ->
                credential.kind().equals(kind) && publicIds.contains(credential.publicId()))
            .toList());
  }

  @Override
  public List<Credential> of(String kind, PrincipalId principal, int countMax) {
    return of(kind, Set.of(principal), countMax);
  }

  @Override
  public List<Credential> of(String kind, Set<PrincipalId> principals, int countMax) {
    return guard.run(() ->
        tables.credentials.values().stream()
            .filter(credential ->
                credential.kind().equals(kind) && principals.contains(credential.principal()))
            .sorted(Comparator.comparing(Credential::publicId))
            .limit(countMax)
            .toList());
  }

  @Override
  public List<Credential> list(String kind, int countMax) {
    return guard.run(() ->
        tables.credentials.values().stream()
            .filter(credential -> credential.kind().equals(kind))
            .sorted(Comparator.comparingLong(Credential::createdAt))
            .limit(countMax)
            .toList());
  }

  @Override
  public boolean any(String kind) {
    return guard.run(
        () -> tables.credentials.values().stream().anyMatch(one -> one.kind().equals(kind)));
  }

  @Override
  public boolean revoke(String kind, String publicId, long atMillis) {
    return guard.run(() -> {
      Credential standing = tables.credentials.get(List.of(kind, publicId));
      if (standing == null || !standing.countsAt(atMillis)) {
        return false;
      }
      keep(
          new Credential(
              standing.kind(),
              standing.publicId(),
              standing.principal(),
              standing.secretHash(),
              standing.authority(),
              standing.label(),
              standing.createdAt(),
              standing.expiresAt(),
              atMillis));
      return true;
    });
  }

  private void keep(Credential credential) {
    journal.accept(new JournalRecord.CredentialKept(credential));
  }
}
