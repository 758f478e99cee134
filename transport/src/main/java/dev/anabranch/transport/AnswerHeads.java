package dev.anabranch.transport;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/// Builds the head of an answer: the handler's fields, and those that are the transport's business.
final class AnswerHeads {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final int GZIP_BYTES_MIN = 1_024;

  private final OriginPolicy origins;
  private final InstantSource clock;
  private final AtomicBoolean draining;

  AnswerHeads(ServerContext server) {
    this.origins = server.settings().origins();
    this.clock = server.clock();
    this.draining = server.draining();
  }

  /// Whether a whole answer is to be compressed.
  static boolean gzip(RequestTraits request, HttpAnswer answer) {
    return answer.body().length >= GZIP_BYTES_MIN && gzip(request, answer.headers());
  }

  /// Whether a streamed answer is to be compressed.
  static boolean gzip(RequestTraits request, Headers headers) {
    return request.gzip() && compressible(headers);
  }

  /// A head for a body of known length.
  HttpResponse whole(RequestTraits request, int status, Headers fields, boolean gzip, int length) {
    HttpResponse response = head(request, status, fields, gzip);
    if (status != 204 && status != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    return response;
  }

  /// A head for a body that ends when it ends.
  HttpResponse stream(RequestTraits request, int status, Headers fields, boolean gzip) {
    HttpResponse response = head(request, status, fields, gzip);
    if (request.version().equals(HttpVersion.HTTP_1_1)) {
      response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    return response;
  }

  private HttpResponse head(RequestTraits request, int status, Headers fields, boolean gzip) {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    HttpHeaders headers = response.headers();
    fields.forEach(headers::add);
    headers.set(HttpHeaderNames.DATE, DATE.format(clock.instant()));
    if (compressible(fields) && !fields.lists("Vary", "Accept-Encoding")) {
      headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
    }
    if (gzip) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    }
    addOrigin(request, headers);
    addConnection(request, headers);
    return response;
  }

  private void addOrigin(RequestTraits request, HttpHeaders headers) {
    if (request.origin().isEmpty()) {
      return;
    }
    headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    String origin = request.origin().get();
    if (origins.allows(origin)) {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "*");
    }
  }

  private void addConnection(RequestTraits request, HttpHeaders headers) {
    if (!request.keepAlive() || draining.get()) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (request.version().equals(HttpVersion.HTTP_1_0)) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  private static boolean compressible(Headers fields) {
    if (fields.contains("Content-Encoding")) {
      return false;
    }
    String type = fields.first("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    int parameters = type.indexOf(';');
    String bare = parameters < 0 ? type : type.substring(0, parameters).strip();
    if (bare.equals("text/event-stream")) {
      return false;
    }
    return bare.startsWith("text/")
        || bare.endsWith("json")
        || bare.endsWith("javascript")
        || bare.endsWith("xml");
  }
}
