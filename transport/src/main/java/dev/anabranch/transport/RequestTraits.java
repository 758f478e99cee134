package dev.anabranch.transport;

import dev.anabranch.link.Headers;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Locale;
import java.util.Optional;

/// What a request says about the form of its answer.
///
/// @param version HTTP/1.0 knows no chunks
/// @param head whether the body is to be left out
/// @param keepAlive whether the connection may serve another request
/// @param gzip whether the peer accepts a compressed body
/// @param origin the web page that asks
record RequestTraits(
    HttpVersion version, boolean head, boolean keepAlive, boolean gzip, Optional<String> origin) {
  /// For a request that was never understood.
  static final RequestTraits UNKNOWN =
      new RequestTraits(HttpVersion.HTTP_1_1, false, false, false, Optional.empty());

  static RequestTraits of(HttpRequest request, Headers headers) {
    return new RequestTraits(
        request.protocolVersion(),
        request.method().equals(HttpMethod.HEAD),
        HttpUtil.isKeepAlive(request),
        acceptsGzip(headers),
        headers.first("Origin"));
  }

  RequestTraits withoutKeepAlive() {
    return new RequestTraits(version, head, false, gzip, origin);
  }

  private static boolean acceptsGzip(Headers headers) {
    for (String value : headers.all("Accept-Encoding")) {
      for (String each : value.split(",", -1)) {
        String coding = each.strip().toLowerCase(Locale.ROOT);
        if (coding.equals("gzip") || coding.startsWith("gzip;")) {
          return !coding.replace(" ", "").matches("gzip;q=0(\\.0*)?");
        }
      }
    }
    return false;
  }
}
