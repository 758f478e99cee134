package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What clients say, one JSON object per text frame (seed 000). What the server says is built field
/// by field in [ServerFrames] and read field by field by clients.
public sealed interface SignedMessage {

  /// Raise it when an older peer cannot bear a change of the shapes.
  int VERSION = 1;

  /// What every frame of an open session carries.
  ///
  /// @param sessionId the id that `connect_ack` or `session_rotated` gave
  /// @param counter greater than that of every frame before
  /// @param timestamp the client's time, in milliseconds since 1970
  record Envelope(String sessionId, long counter, long timestamp) {
    public Envelope {
      Objects.requireNonNull(sessionId, "sessionId");
    }
  }

  /// A frame that may come before the session is open.
  ///
  /// @param key who wants to connect
  /// @param timestamp the client's time, in milliseconds since 1970
  /// @param challenge the challenge of this link; null = the seed's bare connect
  /// @param relay where the client believes to be; null = it does not say
  /// @param proof an event of kind 22242 by which its author lets the key sign for it on this link;
  ///   null = the key speaks for itself
  record Connect(
      PublicKey key,
      long timestamp,
      @Nullable String challenge,
      @Nullable String relay,
      @Nullable Event proof)
      implements SignedMessage {
    public Connect {
      Objects.requireNonNull(key, "key");
    }
  }

  /// A frame of an open session.
  sealed interface InSession extends SignedMessage {}

  /// Writes.
  ///
  /// @param payloads at least one
  /// @param batch whether they came as `payloads`, and are answered by one `outcomes`
  /// @param atomic whether all must be applied or none
  record Sync(List<Payload> payloads, boolean batch, boolean atomic) implements InSession {
    public Sync {
      payloads = List.copyOf(payloads);
    }
  }

  /// Asks for entities as they stand.
  ///
  /// @param entity of which kind
  /// @param id which one; null = all of the principal's (not for chats and messages)
  /// @param fields only these fields of each; empty = all
  /// @param since only entities that changed after this id; 0 = all
  /// @param limit at most so many in one answer
  /// @param after continue behind this place of an earlier answer; null = from the first
  record Fetch(
      EntityKind entity,
      @Nullable String id,
      List<String> fields,
      long since,
      int limit,
      @Nullable String after)
      implements InSession {
    public Fetch {
      Objects.requireNonNull(entity, "entity");
      fields = List.copyOf(fields);
    }
  }

  /// Begins the stream of everything the principal may read; a second one begins it anew.
  ///
  /// @param lastSyncId the client has everything up to here in every scope that it knew then; 0 =
  ///   nothing
  /// @param cursors the same for single scopes; beats `lastSyncId`
  record Resume(long lastSyncId, Map<ScopeName, Long> cursors) implements InSession {
    public Resume {
      cursors = Map.copyOf(cursors);
    }
  }

  /// Asks whether the other side is there.
  record Ping(String nonce) implements InSession {}

  /// Answers the server's ping.
  record Pong(String nonce) implements InSession {}

  /// Two keys become one principal.
  ///
  /// @param statement what both signed
  /// @param keepSignature by the key whose principal stays
  /// @param joinSignature by the key that joins it
  record Link(LinkStatement statement, Signature keepSignature, Signature joinSignature)
      implements InSession {
    public Link {
      Objects.requireNonNull(statement, "statement");
      Objects.requireNonNull(keepSignature, "keepSignature");
      Objects.requireNonNull(joinSignature, "joinSignature");
    }
  }

  /// A key becomes a principal of its own again.
  record Unlink(PublicKey key) implements InSession {}

  /// A key no longer counts at all.
  record Revoke(PublicKey key) implements InSession {}

  /// What both keys of a link sign.
  ///
  /// @param server the server's key, so that a statement counts on one server only
  /// @param keep the key whose principal stays
  /// @param join the key that joins it
  /// @param timestamp when it was signed, in milliseconds since 1970
  record LinkStatement(PublicKey server, PublicKey keep, PublicKey join, long timestamp) {
    public LinkStatement {
      Objects.requireNonNull(server, "server");
      Objects.requireNonNull(keep, "keep");
      Objects.requireNonNull(join, "join");
    }

    /// The statement as it is signed.
    public JsonObject json() {
      return JsonObject.EMPTY
          .with("join", join.hex())
          .with("keep", keep.hex())
          .with("server", server.hex())
          .with("timestamp", timestamp)
          .with("type", "link");
    }
  }
}
