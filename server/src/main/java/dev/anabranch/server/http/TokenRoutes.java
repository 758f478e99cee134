package dev.anabranch.server.http;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import dev.anabranch.protocol.scope.server.ScopePolicy;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.server.identity.OpenSessions;
import dev.anabranch.server.identity.TokenCheck;
import dev.anabranch.server.identity.TokenRequest;
import dev.anabranch.server.identity.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// `/admin/tokens`: makes, lists and ends tokens; for the operator only.
///
/// `POST` with `{principal, scopes?, right?, create?, owner?, label?, seconds?}` answers 201 with
/// the token, which is shown this once; `GET` lists; `DELETE /admin/tokens/{id}` ends one.
public final class TokenRoutes {

  private static final int BODY_BYTES_MAX = 16_384;
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(BODY_BYTES_MAX, 4, 1_000));

  private final OperatorRoutes operator;
  private final Supplier<Tokens> tokens;
  private final TokenCheck check;
  private final OpenSessions sessions;

  /// Routes over a server's tokens.
  ///
  /// @param tokens the database's, or a failure when it is away; asked where the routes work
  public TokenRoutes(
      OperatorRoutes operator, Supplier<Tokens> tokens, TokenCheck check, OpenSessions sessions) {
    this.operator = operator;
    this.tokens = tokens;
    this.check = check;
    this.sessions = sessions;
  }

  /// The route of a request below `/admin/tokens`.
  HttpRoute route(RequestHead head) {
    List<String> segments = head.target().segments();
    if (segments.size() == 2) {
      return switch (head.method()) {
        case "GET" -> operator.route(BODY_BYTES_MAX, request -> list());
        case "POST" -> operator.route(BODY_BYTES_MAX, this::create);
        default -> HttpRoute.answering(Problems.wrongMethod("GET, POST"));
      };
    }
    if (segments.size() == 3) {
      return head.method().equals("DELETE")
          ? operator.route(BODY_BYTES_MAX, request -> revoke(segments.get(2)))
          : HttpRoute.answering(Problems.wrongMethod("DELETE"));
    }
    return HttpRoute.answering(Problems.absent("nothing is here; see /"));
  }

  private HttpAnswer create(HttpRequest request) {
    Optional<Refusal> unreadable = ScopePolicy.reads(request.headers());
    if (unreadable.isPresent()) {
      return Problems.of(unreadable.get().fault(), unreadable.get().detail());
    }
    if (!(DECODER.decode(request.body()) instanceof Decoded.Value(JsonObject json))) {
      return Problems.invalid("the body must be a JSON object such as {\"principal\": \"ann\"}");
    }
    TokenRequest wanted;
    try {
      wanted = TokenRequest.of(json);
    } catch (IllegalArgumentException wrong) {
      return Problems.invalid(String.valueOf(wrong.getMessage()));
    }
    Tokens.Made made = tokens.get().create(wanted);
    check.forget(made.token().id());
    return json(201, Tokens.shown(made.credential()).with("token", made.token().text()))
        .with("Cache-Control", "no-store");
  }

  private HttpAnswer list() {
    List<Json> shown = tokens.get().list().stream().<Json>map(Tokens::shown).toList();
    return json(200, JsonObject.of("tokens", new JsonArray(shown)));
  }

  private HttpAnswer revoke(String id) {
    boolean revoked = tokens.get().revoke(id);
    check.forget(id);
    sessions.end(id);
    return revoked
        ? json(200, JsonObject.EMPTY.with("id", id).with("revoked", JsonBoolean.TRUE))
        : Problems.of(ScopeFault.ABSENT, "no token " + id + " that still counts");
  }

  private static HttpAnswer json(int status, JsonObject body) {
    return HttpAnswer.json(status, body.text().getBytes(StandardCharsets.UTF_8));
  }
}
