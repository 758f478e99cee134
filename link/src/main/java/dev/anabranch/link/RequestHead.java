package dev.anabranch.link;

import java.util.Objects;

/// A request before its body has come.
///
/// @param peer who asks
/// @param method `GET`, `POST`… A `HEAD` request shows as `GET`; the transport leaves the body out
/// @param target path and query
/// @param headers all header fields
public record RequestHead(Peer peer, String method, Target target, Headers headers) {
  public RequestHead {
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(headers, "headers");
  }
}
