package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is said over a WebSocket: one JSON object per text frame, told apart by `type`.
///
/// Fields that a peer does not know are ignored; types that it does not know are an error to a
/// server, and to be ignored by a client. Every `ref` is optional and echoed in what answers.
public sealed interface ScopeMessage {

  /// Raise it when a message changes in a way that an older peer cannot bear.
  int VERSION = 1;

  /// What clients say.
  sealed interface FromClient extends ScopeMessage {}

  /// What servers say.
  sealed interface ToClient extends ScopeMessage {}

  /// `auth`: says who speaks; answered by `authenticated`, or by an `error` and the end.
  ///
  /// @param token `token`: `anb_<id>_<secret>`, at most 1,024 characters
  record Auth(String token, @Nullable Ref ref) implements FromClient {

    /// The longest accepted token, in characters.
    public static final int TOKEN_CHARS_MAX = 1024;

    public Auth {
      Objects.requireNonNull(token, "token");
    }

    /// Everything but the token.
    @Override
    public String toString() {
      return "Auth[ref=" + ref + "]";
    }
  }

  /// `subscribe`: asks for a scope's changes after a cursor, then for ever; one that is there for
  /// the same scope ends.
  ///
  /// Answered by `bootstrap` frames (cursor 0) or `sync` frames, then exactly one `live`, then
  /// `sync` frames; or by `refetch` or `error` in place of all that.
  ///
  /// @param scope `scope`
  /// @param lastSyncId `lastSyncId`: the cursor, 0 (or absent) = nothing yet
  record Subscribe(ScopeName scope, long lastSyncId, @Nullable Ref ref) implements FromClient {
    public Subscribe {
      Objects.requireNonNull(scope, "scope");
      if (lastSyncId < 0) {
        throw new IllegalArgumentException("lastSyncId " + lastSyncId);
      }
    }
  }

  /// `unsubscribe`: ends what `subscribe` began; without an answer, and harmless when there is
  /// nothing to end.
  ///
  /// @param scope `scope`
  record Unsubscribe(ScopeName scope, @Nullable Ref ref) implements FromClient {
    public Unsubscribe {
      Objects.requireNonNull(scope, "scope");
    }
  }

  /// `push`: asks for changes; answered by `pushed`, in the order of the pushes.
  ///
  /// @param batch `writes` and `atomic`
  /// @param after `after`: the ref of the push before it, of the same connection; it is turned away
  ///   when that one is not the last of a chain that the server remembers, was turned away, or had
  ///   a write refused for a reason that leaves its key free. Absent = it begins a chain
  record Push(PushBatch batch, @Nullable Ref ref, @Nullable Ref after) implements FromClient {
    public Push {
      Objects.requireNonNull(batch, "batch");
    }
  }

  /// `presence`: says something of this client to whoever follows the scope; not answered unless
  /// refused.
  ///
  /// @param scope `scope`
  /// @param topic `topic`: what about, at most 512 characters; "" (or absent) = the scope itself
  /// @param device `device`: absent = the connection's, if it named one
  /// @param data `data`: at most 4,096 characters of JSON; null = gone
  /// @param ttlMillis `ttlMillis`: how long it lasts, 1–60,000; absent = 60,000
  record Presence(
      ScopeName scope,
      String topic,
      @Nullable DeviceId device,
      @Nullable JsonObject data,
      long ttlMillis,
      @Nullable Ref ref)
      implements FromClient {
    public Presence {
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(topic, "topic");
      if (topic.length() > Present.TOPIC_CHARS_MAX
          || ttlMillis < 1
          || ttlMillis > Present.TTL_MILLIS_MAX) {
        throw new IllegalArgumentException("topic " + topic + ", ttlMillis " + ttlMillis);
      }
    }
  }

  /// `ping`: asks whether the other side is there; answered by `pong`.
  ///
  /// @param nonce `nonce`: at most 200 characters, echoed; null = absent
  record Ping(@Nullable String nonce, @Nullable Ref ref) implements FromClient {

    /// The longest accepted nonce, in characters.
    public static final int NONCE_CHARS_MAX = 200;
  }

  /// `authenticated`: the token counts.
  ///
  /// @param principal `principal`: who the client is now; the `author` of its changes
  record Authenticated(PrincipalId principal, @Nullable Ref ref) implements ToClient {
    public Authenticated {
      Objects.requireNonNull(principal, "principal");
    }
  }

  /// `bootstrap`: living entities of a scope; one or more frames, the cursor counts with the last.
  ///
  /// A record whose `$body` does not fit a frame comes in parts, each alone in a frame, one frame
  /// after the other: the first has its fields, each has the next bytes of the body, and all but
  /// the last say how many are still to come.
  ///
  /// @param scope `scope`
  /// @param models `models`: records by canonical model name
  /// @param last `final`: whether this is the last frame of the bootstrap
  /// @param lastSyncId `lastSyncId`: the cursor they stand for, the same in every frame; a record
  ///   may be newer, so events up to its `syncId` are to be skipped for it
  /// @param bodyRest `bodyRest`: bytes of the one record's `$body` that come with the next frames;
  ///   0 (absent) = the records are whole, or this is the end of one that came in parts
  record Bootstrap(
      ScopeName scope,
      Map<ModelName, List<SyncRecord>> models,
      boolean last,
      long lastSyncId,
      long bodyRest,
      @Nullable Ref ref)
      implements ToClient {
    public Bootstrap {
      Objects.requireNonNull(scope, "scope");
      models = Copies.ofLists(models);
      if (bodyRest < 0 || (bodyRest > 0 && (last || models.size() != 1))) {
        throw new IllegalArgumentException("bodyRest " + bodyRest);
      }
    }

    /// Whole records.
    public Bootstrap(
        ScopeName scope,
        Map<ModelName, List<SyncRecord>> models,
        boolean last,
        long lastSyncId,
        @Nullable Ref ref) {
      this(scope, models, last, lastSyncId, 0, ref);
    }
  }

  /// `sync`: changes of a scope; each seq once, in order, without a hole.
  ///
  /// @param scope `scope`
  /// @param events `events`: at least one
  record Sync(ScopeName scope, List<SyncEvent> events) implements ToClient {
    public Sync {
      Objects.requireNonNull(scope, "scope");
      events = List.copyOf(events);
    }
  }

  /// `live`: everything that was committed so far has been said; exactly one per subscription.
  ///
  /// @param scope `scope`
  /// @param lastSyncId `lastSyncId`: the cursor that the client has reached
  record Live(ScopeName scope, long lastSyncId, @Nullable Ref ref) implements ToClient {
    public Live {
      Objects.requireNonNull(scope, "scope");
    }
  }

  /// `pushed`: what the writes of one push came to.
  ///
  /// @param outcomes `outcomes`: one for each write, in order
  record Pushed(List<PushOutcome> outcomes, @Nullable Ref ref) implements ToClient {
    public Pushed {
      outcomes = List.copyOf(outcomes);
    }
  }

  /// `presence`: what a client says of itself; after `live` first everybody, then whoever changes.
  /// Or what is said once, such as an ephemeral event of Nostr: it is nobody's presence, and
  /// nothing follows it.
  ///
  /// @param scope `scope`
  /// @param topic `topic`: "" = the scope itself
  /// @param principal `principal`: whose client
  /// @param device `device`: "" = it named none
  /// @param client `client`: the connection, numbered by the server; 0 = none
  /// @param data `data`: null = gone
  /// @param ttlMillis `ttlMillis`: how long it still lasts; 0 when gone, and for what is said once
  record PresenceOf(
      ScopeName scope,
      String topic,
      PrincipalId principal,
      String device,
      long client,
      @Nullable JsonObject data,
      long ttlMillis)
      implements ToClient {
    public PresenceOf {
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(topic, "topic");
      Objects.requireNonNull(principal, "principal");
      Objects.requireNonNull(device, "device");
    }

    /// Whether it is said once, and is nobody's presence.
    public boolean isOnce() {
      return data != null && ttlMillis == 0;
    }
  }

  /// `pong`: the other side is there.
  ///
  /// @param nonce `nonce`: the ping's
  record Pong(@Nullable String nonce, @Nullable Ref ref) implements ToClient {}

  /// `refetch`: a subscription is over, because its cursor is of no use; bootstrap again.
  ///
  /// @param scope `scope`
  /// @param reason `reason`: `cursor_ahead`, `cursor_behind_retention`, `epoch`, `access_changed`
  record Refetch(ScopeName scope, RefetchReason reason, @Nullable Ref ref) implements ToClient {
    public Refetch {
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /// `error`: the answer is no.
  ///
  /// @param code `code`: a [ScopeFault]'s, or one of a later version
  /// @param detail `detail`: a sentence for people
  /// @param scope `scope`: as the request named it; null (absent) = it named none
  /// @param retryAfterMillis `retryAfterMillis`: when to try again; 0 (absent) = trying again as it
  ///   is does not help
  record ErrorAnswer(
      String code, String detail, @Nullable String scope, long retryAfterMillis, @Nullable Ref ref)
      implements ToClient {
    public ErrorAnswer {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(detail, "detail");
    }

    /// No, in these words.
    public static ErrorAnswer of(Refusal refusal, @Nullable ScopeName scope, @Nullable Ref ref) {
      return new ErrorAnswer(
          refusal.fault().code(), refusal.detail(), scope == null ? null : scope.text(), 0, ref);
    }

    /// This no, with the time after which it may be a yes.
    public ErrorAnswer retryAfter(long millis) {
      return new ErrorAnswer(code, detail, scope, millis, ref);
    }
  }
}
