package dev.anabranch.server.identity;

import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpHandler;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import java.util.Optional;

/// Ends an answer that takes its time when the token that asked for it no longer counts: `GET
/// /sync/live` may go on for days, `GET /sync/delta` may wait for changes. What has begun breaks
/// off, what has not is answered by a refusal.
public final class StreamWatch {

  private static final String BEARER = "Bearer ";

  private final OpenSessions sessions;
  private final HttpAnswer refusal;

  /// Watches answers on behalf of these sessions.
  ///
  /// @param refusal what a request hears that waits when its token ends
  public StreamWatch(OpenSessions sessions, HttpAnswer refusal) {
    this.sessions = sessions;
    this.refusal = refusal;
  }

  /// A route whose answers are watched.
  public HttpRoute watching(HttpRoute route) {
    HttpHandler inner = route.handler();
    return new HttpRoute(
        route.bodyBytesMax(),
        (request, exchange) ->
            inner.handle(
                request,
                shown(request)
                    .<Exchange>map(id -> new WatchedExchange(exchange, sessions, id, refusal))
                    .orElse(exchange)));
  }

  /// The id of the token that a request shows; whether it counts is the handler's to find out.
  private static Optional<String> shown(HttpRequest request) {
    return request
        .headers()
        .first("Authorization")
        .filter(text -> text.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(text -> text.substring(BEARER.length()).strip())
        .or(() -> request.target().parameter("token"))
        .flatMap(ApiToken::parse)
        .map(ApiToken::id);
  }
}
