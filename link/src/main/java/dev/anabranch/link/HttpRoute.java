package dev.anabranch.link;

import java.util.Objects;

/// Where a request goes, and how much it may bring.
///
/// @param bodyBytesMax the longest body; a longer one is answered with 413 and never reaches the
///   handler
/// @param handler answers it
public record HttpRoute(int bodyBytesMax, HttpHandler handler) {
  public HttpRoute {
    if (bodyBytesMax < 0) {
      throw new IllegalArgumentException("bodyBytesMax " + bodyBytesMax + " is negative");
    }
    Objects.requireNonNull(handler, "handler");
  }

  /// A route for requests that bring no body.
  public static HttpRoute withoutBody(HttpHandler handler) {
    return new HttpRoute(0, handler);
  }

  /// A route that always gives the same answer, whatever body comes: what a router says to an
  /// unknown path.
  public static HttpRoute answering(HttpAnswer answer) {
    return new HttpRoute(65_536, (request, exchange) -> exchange.answer(answer));
  }
}
