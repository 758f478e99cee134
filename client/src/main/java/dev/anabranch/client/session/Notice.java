package dev.anabranch.client.session;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Something a user may want to know.
public sealed interface Notice {

  /// An entity looks different now: once for each entity and transaction, and never for what nobody
  /// can see, such as the echo of a write that is already shown.
  ///
  /// @param before null = it was not there
  /// @param after null = it is gone
  record EntityChanged(EntityKey key, @Nullable EntityView before, @Nullable EntityView after)
      implements Notice {}

  /// There is more of an opened document.
  ///
  /// @param edition greater than the opened one's when that must be thrown away
  record DocumentChanged(EntityKey document, long edition) implements Notice {}

  /// A write is on its way.
  record WriteSent(QueuedWrite write) implements Notice {}

  /// A write came to something.
  record WriteSettled(QueuedWrite write, WriteOutcome outcome) implements Notice {}

  /// The connection is in another state.
  ///
  /// @param detail why; empty when there is nothing to say
  record LineChanged(LineState state, String detail) implements Notice {}

  /// A scope is in another state, or more of its snapshot has come.
  ///
  /// @param fetched entities of the snapshot so far
  /// @param detail why; empty when there is nothing to say
  record ScopeChanged(ScopeName scope, ScopeState state, long fetched, String detail)
      implements Notice {}

  /// What others in a scope say of themselves.
  ///
  /// @param present everybody, this device left out
  record PresenceChanged(ScopeName scope, List<Neighbour> present) implements Notice {
    public PresenceChanged {
      present = List.copyOf(present);
    }
  }

  /// Something was said once in a scope, such as an ephemeral event of Nostr; nobody is present by
  /// it.
  ///
  /// @param said whose word, and what it is
  record Said(ScopeName scope, Neighbour said) implements Notice {}

  /// What one other client last said of itself, or what was said once.
  ///
  /// @param topic what about; empty = the scope itself
  /// @param principal whose client it is
  /// @param device its device; empty = it named none
  /// @param client the connection, numbered by the server; 0 = none
  /// @param value what it said
  record Neighbour(String topic, String principal, String device, long client, JsonObject value) {
    public Neighbour {
      Objects.requireNonNull(value, "value");
    }
  }

  /// Something went wrong that belongs to no write; the session goes on by itself.
  record Trouble(String detail) implements Notice {}
}
