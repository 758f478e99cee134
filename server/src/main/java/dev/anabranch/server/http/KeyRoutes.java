package dev.anabranch.server.http;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.server.identity.LinkedKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/// `/admin/keys`: `GET` lists the Nostr keys that were linked or revoked, `DELETE
/// /admin/keys/{key}` revokes one; for the operator only.
public final class KeyRoutes {

  private final OperatorRoutes operator;
  private final Supplier<LinkedKeys> keys;

  /// Routes over a server's keys.
  ///
  /// @param keys the database's, or a failure when it is away; asked where the routes work
  public KeyRoutes(OperatorRoutes operator, Supplier<LinkedKeys> keys) {
    this.operator = operator;
    this.keys = keys;
  }

  /// The route of a request below `/admin/keys`.
  HttpRoute route(RequestHead head) {
    List<String> segments = head.target().segments();
    if (segments.size() == 2) {
      return head.method().equals("GET")
          ? operator.route(0, request -> list())
          : HttpRoute.answering(Problems.wrongMethod("GET"));
    }
    if (segments.size() == 3) {
      return head.method().equals("DELETE")
          ? operator.route(0, request -> revoke(segments.get(2)))
          : HttpRoute.answering(Problems.wrongMethod("DELETE"));
    }
    return HttpRoute.answering(Problems.absent("nothing is here; see /"));
  }

  private HttpAnswer list() {
    List<Json> shown = keys.get().list().stream().<Json>map(LinkedKeys::shown).toList();
    return json(JsonObject.of("keys", new JsonArray(shown)));
  }

  /// Open connections of the key end when the server looks again, within a second or two.
  private HttpAnswer revoke(String hex) {
    if (!Hex.isLower(hex, 64)) {
      return Problems.invalid("a key is 64 lower-case hexadecimal digits");
    }
    return keys.get().revoke(new PublicKey(hex))
        ? json(JsonObject.EMPTY.with("key", hex).with("revoked", JsonBoolean.TRUE))
        : Problems.of(ScopeFault.ABSENT, "the key " + hex + " was revoked before");
  }

  private static HttpAnswer json(JsonObject body) {
    return HttpAnswer.json(200, body.text().getBytes(StandardCharsets.UTF_8));
  }
}
