package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the server says, without what every frame of a session carries besides: `session_id`,
/// `counter`, `timestamp` and `signature`.
public final class ServerFrames {

  /// The field of a conflict that holds the entity as it stands.
  public static final String CURRENT = "current";

  private ServerFrames() {}

  private static JsonObject of(String type) {
    return JsonObject.EMPTY.with("type", type);
  }

  /// A challenge for the link that it is sent on.
  ///
  /// @param challenge 64 hexadecimal digits, good once and for a minute
  /// @param relay the address that the server goes by
  public static JsonObject challenge(String challenge, String relay, PublicKey server) {
    return of("challenge")
        .with("challenge", challenge)
        .with("relay", relay)
        .with("server_pubkey", server.hex());
  }

  /// The session is open.
  ///
  /// `signature` signs `{session_id, timestamp}` as the seed says, `frame_signature` the frame
  /// without both signatures.
  ///
  /// @param challenge the challenge that was answered; null after a bare `connect`
  /// @param next a challenge by which a read-only session becomes a whole one; null = it is whole
  public static JsonObject connectAck(
      SecretKey server,
      String sessionId,
      long timestamp,
      String principal,
      @Nullable String challenge,
      @Nullable String next) {
    JsonObject seed = JsonObject.EMPTY.with("session_id", sessionId).with("timestamp", timestamp);
    JsonObject ack =
        of("connect_ack")
            .with("session_id", sessionId)
            .with("timestamp", timestamp)
            .with("server_pubkey", server.publicKey().hex())
            .with("principal", principal)
            .with("read_only", JsonBoolean.of(next != null));
    ack = challenge == null ? ack : ack.with("re_challenge", challenge);
    ack = next == null ? ack : ack.with("challenge", next);
    return ack.with(Signing.FRAME_SIGNATURE, server.sign(Signing.digestOfFrame(ack)).hex())
        .with(Signing.SIGNATURE, server.sign(Signing.digest(seed)).hex());
  }

  /// The session goes on under another id.
  ///
  /// @param previous the id so far
  /// @param goodMillis how long it may still be used, in milliseconds
  public static JsonObject sessionRotated(String previous, long goodMillis) {
    return of("session_rotated").with("previous", previous).with("good_ms", goodMillis);
  }

  /// No.
  ///
  /// @param re the counter of the frame that is answered; null = none
  /// @param retryMillis when to try again; 0 = not said
  public static JsonObject error(Refusal refusal, @Nullable Long re, long retryMillis) {
    JsonObject error = re(of("error"), re);
    error = error.with("code", refusal.fault().code()).with("detail", refusal.detail());
    return retryMillis == 0 ? error : error.with("retry_after_ms", retryMillis);
  }

  /// The answer to a `sync` of one payload: what it came to, with its status as the frame's type.
  public static JsonObject outcome(JsonObject outcome, long re) {
    JsonObject frame = of(outcome.string("status").orElseThrow()).with("re", re);
    for (String name : outcome.fields().keySet()) {
      Json value = outcome.get(name);
      if (!name.equals("status") && value != null) {
        frame = frame.with(name, value);
      }
    }
    return frame;
  }

  /// The answer to a batch: what each payload came to, in order. A conflict without `current` is
  /// one that had no room in the frame; the entity is there to be fetched.
  public static JsonObject outcomes(List<JsonObject> outcomes, long re) {
    return of("outcomes").with("re", re).with("outcomes", new JsonArray(List.copyOf(outcomes)));
  }

  /// A payload was applied.
  public static JsonObject accepted(String id, ScopeName scope, long version, long syncId) {
    return JsonObject.EMPTY
        .with("status", "accepted")
        .with("id", id)
        .with("scope", scope.text())
        .with("version", version)
        .with("sync_id", syncId);
  }

  /// A payload was stale.
  ///
  /// @param current the entity as it stands; null = there never was one
  public static JsonObject conflict(String id, ScopeName scope, @Nullable JsonObject current) {
    return JsonObject.EMPTY
        .with("status", "conflict")
        .with("id", id)
        .with("scope", scope.text())
        .with(CURRENT, current == null ? JsonNull.NULL : current);
  }

  /// A payload was refused.
  public static JsonObject refused(String id, Refusal refusal, long retryMillis) {
    JsonObject refused =
        JsonObject.EMPTY
            .with("status", "error")
            .with("id", id)
            .with("code", refusal.fault().code())
            .with("detail", refusal.detail());
    return retryMillis == 0 ? refused : refused.with("retry_after_ms", retryMillis);
  }

  /// Entities that were asked for.
  ///
  /// @param next where the next answer would begin; null = that was all
  public static JsonObject fetched(
      List<JsonObject> items, long lastSyncId, @Nullable String next, long re) {
    JsonObject frame =
        of("fetched")
            .with("re", re)
            .with("items", new JsonArray(List.copyOf(items)))
            .with("lastSyncId", lastSyncId);
    return next == null ? frame : frame.with("next", next);
  }

  /// The stream begins.
  ///
  /// @param scopes the scopes that follow
  /// @param complete whether these are all that the principal may read
  public static JsonObject resumed(List<ScopeName> scopes, boolean complete, long re) {
    List<Json> names = scopes.stream().<Json>map(name -> new JsonString(name.text())).toList();
    return of("resumed")
        .with("re", re)
        .with("scopes", new JsonArray(names))
        .with("complete", JsonBoolean.of(complete));
  }

  /// A scope's entities, page by page.
  ///
  /// @param isFinal whether this is the last page; the cursor counts only then
  public static JsonObject snapshot(
      ScopeName scope, List<JsonObject> items, boolean isFinal, long lastSyncId) {
    return of("snapshot")
        .with("scope", scope.text())
        .with("items", new JsonArray(List.copyOf(items)))
        .with("final", JsonBoolean.of(isFinal))
        .with("lastSyncId", lastSyncId);
  }

  /// Changes of a scope, in order.
  public static JsonObject changed(ScopeName scope, List<JsonObject> changes) {
    return of("changed")
        .with("scope", scope.text())
        .with("changes", new JsonArray(List.copyOf(changes)));
  }

  /// Everything of a scope up to here was told; from now on changes come as they are committed.
  public static JsonObject live(ScopeName scope, long lastSyncId) {
    return of("live").with("scope", scope.text()).with("lastSyncId", lastSyncId);
  }

  /// What is held of a scope is of no use any more.
  public static JsonObject refetch(ScopeName scope, String reason) {
    return of("refetch").with("scope", scope.text()).with("reason", reason);
  }

  /// What is held is of no use any more, but for the scopes that the resume's cursors named.
  public static JsonObject refetchUnnamed(String reason) {
    return of("refetch").with("reason", reason);
  }

  /// The principal may no longer read a scope.
  public static JsonObject left(ScopeName scope) {
    return of("left").with("scope", scope.text());
  }

  /// Is anybody there?
  public static JsonObject ping(String nonce) {
    return of("ping").with("nonce", nonce);
  }

  /// Yes.
  public static JsonObject pong(String nonce, long re) {
    return of("pong").with("nonce", nonce).with("re", re);
  }

  /// Keys were linked, unlinked or revoked; the sessions of those it concerns end.
  ///
  /// @param type `linked`, `unlinked` or `revoked`
  public static JsonObject keys(String type, PublicKey key, String principal, long re) {
    return of(type).with("re", re).with("key", key.hex()).with("principal", principal);
  }

  private static JsonObject re(JsonObject frame, @Nullable Long re) {
    return re == null ? frame : frame.with("re", re);
  }
}
