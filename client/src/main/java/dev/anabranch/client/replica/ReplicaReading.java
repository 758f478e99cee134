package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What can be read of a local copy, all as of one moment.
public interface ReplicaReading {

  /// This installation's name, given when the copy was made.
  DeviceId device();

  /// The scopes that this device follows, by name.
  List<ScopeCursor> cursors();

  /// Up to where it has a scope; empty when it does not follow it.
  Optional<ScopeCursor> cursor(ScopeName scope);

  /// An entity as the server last told it; empty when it does not live.
  Optional<KnownEntity> known(EntityKey key);

  /// Living entities of a model in the order of their ids, as the server last told them.
  ///
  /// @param after continue behind this id; null = from the first
  List<KnownEntity> known(ScopeName scope, ModelName model, @Nullable EntityId after, int countMax);

  /// The models of which a scope holds living entities or pending writes, by name.
  List<ModelName> models(ScopeName scope);

  /// Every pending write, in this device's order.
  List<QueuedWrite> pending();

  /// The pending writes of one model in a scope, in order.
  List<QueuedWrite> pending(ScopeName scope, ModelName model);

  /// The pending writes of one entity, in order.
  List<QueuedWrite> pending(EntityKey key);

  /// What was kept of a document's updates, in the order of arrival.
  ///
  /// @param after only those with a greater number; 0 = all
  List<DocumentUpdate> updates(EntityKey document, long after);

  /// The documents of a scope of which updates are kept.
  List<EntityKey> documents(ScopeName scope);
}
