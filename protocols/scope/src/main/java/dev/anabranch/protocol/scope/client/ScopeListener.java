package dev.anabranch.protocol.scope.client;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client must know of one connection; called in the order of the messages.
public interface ScopeListener {

  /// Some entities of a snapshot have come; they count only with [#snapshotEnds].
  ///
  /// @param first whether a new snapshot begins, and parts before belong to nothing
  void snapshotPart(ScopeName scope, Map<ModelName, List<SyncRecord>> models, boolean first);

  /// A snapshot is whole: its parts replace what was known of the scope, up to this id.
  void snapshotEnds(ScopeName scope, long lastId);

  /// The next changes of a scope: each once, in order, without a hole.
  ///
  /// @param events at least one; an entity of a snapshot may be newer than an event for it
  void changed(ScopeName scope, List<SyncEvent> events);

  /// Everything that was committed so far has been told.
  void live(ScopeName scope);

  /// A snapshot was asked for, because the cursor is of no use.
  void refetching(ScopeName scope, RefetchReason reason);

  /// What the writes of a push came to, in order.
  void pushed(Ref ref, List<PushOutcome> outcomes);

  /// A push was refused as a whole.
  void pushRefused(Ref ref, ScopeMessage.ErrorAnswer why);

  /// A subscription was refused, or has ended.
  void followRefused(ScopeName scope, ScopeMessage.ErrorAnswer why);

  /// What this client said of itself was not taken; what it follows goes on.
  void presenceRefused(ScopeMessage.ErrorAnswer why);

  /// What a client says of itself.
  void present(ScopeMessage.PresenceOf said);

  /// An error that answers nothing in particular.
  void trouble(ScopeMessage.ErrorAnswer why);

  /// The server broke the protocol: nothing more of this connection counts.
  ///
  /// @param how what it did
  /// @param scope where; null = nowhere in particular
  void broken(String how, @Nullable ScopeName scope);
}
