/// What a protocol sees of the outside: connections, frames, requests, and the ways out.
///
/// Two doors lead in. A WebSocket is a [Link]: [LinkAcceptor] decides at the handshake,
/// [LinkHandler] receives, [Outbox] sends [Frame]s. An HTTP request is a [HttpRequest] routed by a
/// [HttpRouter] to a [HttpHandler], which answers through its [Exchange]. A device goes out through
/// a [Dialer] or a [HttpCaller].
///
/// Every link belongs to one [LinkLoop] for life, and everything a link calls runs there, one call
/// at a time: a session needs no lock. Nothing here blocks; nothing here knows which library moves
/// the bytes.
///
/// Bounds: an outbox holds its high-water mark plus one frame, and a peer that never reads costs no
/// more than that; request bodies are bounded by their route; response streams by
/// [BodyWriter#writable].
@NullMarked
package dev.anabranch.link;

import org.jspecify.annotations.NullMarked;
