package dev.anabranch.link;

import java.util.List;
import java.util.Objects;

/// A WebSocket request before it is accepted.
///
/// @param peer who asks
/// @param target path and query
/// @param headers all header fields: `Origin`, `Host` and `Authorization` among them
/// @param subprotocols what `Sec-WebSocket-Protocol` offers, in the peer's order; may be empty
public record Handshake(Peer peer, Target target, Headers headers, List<String> subprotocols) {
  public Handshake {
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(headers, "headers");
    subprotocols = List.copyOf(subprotocols);
  }
}
