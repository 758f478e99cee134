package dev.anabranch.server.identity;

import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpHandler;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.LinkLoop;
import java.util.Optional;

/// Ends a streamed answer when the token that asked for it no longer counts: `GET /sync/live` may
/// go on for days.
public final class StreamWatch {

  private final OpenSessions sessions;

  /// Watches streams on behalf of these sessions.
  public StreamWatch(OpenSessions sessions) {
    this.sessions = sessions;
  }

  /// A route whose streams are watched.
  public HttpRoute watching(HttpRoute route) {
    HttpHandler inner = route.handler();
    return new HttpRoute(
        route.bodyBytesMax(),
        (request, exchange) ->
            inner.handle(
                request,
                shown(request).<Exchange>map(id -> new Watched(exchange, id)).orElse(exchange)));
  }

  /// The id of the token that a request shows; whether it counts is the handler's to find out.
  private static Optional<String> shown(HttpRequest request) {
    return request
        .headers()
        .first("Authorization")
        .filter(text -> text.length() > "Bearer ".length())
        .map(text -> text.substring("Bearer ".length()))
        .or(() -> request.target().parameter("token"))
        .flatMap(ApiToken::parse)
        .map(ApiToken::id);
  }

  private final class Watched implements Exchange {

    private final Exchange exchange;
    private final String tokenId;

    private Watched(Exchange exchange, String tokenId) {
      this.exchange = exchange;
      this.tokenId = tokenId;
    }

    @Override
    public LinkLoop loop() {
      return exchange.loop();
    }

    @Override
    public void answer(HttpAnswer answer) {
      exchange.answer(answer);
    }

    @Override
    public BodyWriter stream(int status, Headers headers) {
      BodyWriter writer = exchange.stream(status, headers);
      Runnable forget = sessions.opened(tokenId, () -> exchange.loop().execute(writer::abort));
      exchange.onClosed(forget);
      return new Forwarding(writer, forget);
    }

    @Override
    public void onClosed(Runnable task) {
      exchange.onClosed(task);
    }

    @Override
    public void onDraining(Runnable task) {
      exchange.onDraining(task);
    }
  }

  /// The stream, and word of its end.
  private record Forwarding(BodyWriter writer, Runnable forget) implements BodyWriter {

    @Override
    public boolean writable() {
      return writer.writable();
    }

    @Override
    public boolean closed() {
      return writer.closed();
    }

    @Override
    public void write(byte[] bytes) {
      writer.write(bytes);
    }

    @Override
    public void flush() {
      writer.flush();
    }

    @Override
    public void finish() {
      forget.run();
      writer.finish();
    }

    @Override
    public void abort() {
      forget.run();
      writer.abort();
    }

    @Override
    public void onWritable(Runnable task) {
      writer.onWritable(task);
    }
  }
}
