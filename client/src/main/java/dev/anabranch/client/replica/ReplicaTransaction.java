package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Changes of a local copy that become durable together or not at all; reading sees them at once.
public interface ReplicaTransaction extends ReplicaReading {

  /// An entity is as the server says now.
  void put(KnownEntity entity);

  /// An entity lives no more; an absent one is no error.
  void remove(EntityKey key);

  /// This device follows a scope and has it up to there.
  void place(ScopeCursor cursor);

  /// This device follows a scope no more: its cursor and what was known of it go, the updates of
  /// its documents too; its pending writes stay.
  void forget(ScopeName scope);

  /// Queues a write behind all others.
  ///
  /// @return it, at its place
  QueuedWrite enqueue(QueuedWrite fresh);

  /// A merge that was never sent holds more than it did.
  void amend(long number, Bytes update);

  /// A pending write is another one now, at the same place; one that is gone is no error.
  void replace(QueuedWrite write);

  /// Keeps an update of a document behind those that are kept already.
  ///
  /// @return how many are kept of it now
  int keep(EntityKey document, Bytes update);

  /// Keeps one update of a document in place of all others; null = none.
  void keepOnly(EntityKey document, @Nullable Bytes update);

  /// The server made a change of a pending write; 0 = it did not, after all.
  ///
  /// @param version the entity's after that change
  void accept(long number, long changeId, long version);

  /// What the server told contains what came of a pending write, though it has no answer.
  void decide(long number);

  /// A pending write is done: its change has come, or the answer was no.
  void drop(long number);

  /// Keeps entities of a snapshot that is still arriving; nobody sees them yet.
  void stage(List<KnownEntity> entities);

  /// Throws away what was staged for a scope.
  void unstage(ScopeName scope);

  /// An entity of the snapshot that is still arriving.
  Optional<KnownEntity> staged(EntityKey key);

  /// The entities of a scope that adopting the staged snapshot would make, change or remove.
  ///
  /// An entity whose fields are spelled in another order may be among them.
  List<StagedDifference> stagedDifferences(ScopeName scope);

  /// What was staged for a scope replaces what was known of it.
  void adoptStaged(ScopeName scope);
}
