package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import org.jspecify.annotations.Nullable;

/// The state that a batch starts from. What of it was not read inside the batch's transaction is
/// looked at before the batch is durable ([Store#commit]).
///
/// Asking for something that [Needs] did not name is a bug and may throw.
public interface Loaded {

  /// The id of the last change of the whole database, or the epoch's first id − 1 when there is
  /// none since.
  long headId();

  /// The greatest [dev.anabranch.kernel.log.Hlc] stamp given so far.
  long headHlc();

  /// A scope's head; [ScopeHead#empty] when it is unknown.
  ScopeHead scope(ScopeName scope);

  /// The first answer to a key, or null when it is new.
  @Nullable Remembered remembered(Remembered.Name name);

  /// An entity as it stands, tombstones included, or null when it never existed.
  @Nullable Entity entity(EntityKey key);

  /// A device's count, or null when it has not written here.
  @Nullable DeviceState device(Needs.DeviceName name);
}
