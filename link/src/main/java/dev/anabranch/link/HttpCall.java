package dev.anabranch.link;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/// A request to a server.
///
/// @param method `GET`, `POST`…
/// @param uri `http://` or `https://`
/// @param headers header fields, without length and host
/// @param body the body; empty for none
/// @param timeout until the whole answer is there
@SuppressWarnings("ArrayRecordComponent") // the body is handed over, not shared
public record HttpCall(String method, URI uri, Headers headers, byte[] body, Duration timeout) {
  public HttpCall {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(timeout, "timeout");
  }

  /// A request without a body, with a timeout of thirty seconds.
  public static HttpCall get(URI uri) {
    return new HttpCall("GET", uri, Headers.empty(), new byte[0], Duration.ofSeconds(30));
  }
}
