/// HTTP and WebSocket on Netty, behind the contracts of the link module.
///
/// [TransportServer] listens: HTTP/1.1, HTTP/2 (by ALPN, or by prior knowledge without TLS) and
/// WebSocket share one port. [NettyDialer] opens links to other servers, [JdkHttpCaller] calls
/// them. All of them run on [NettyLoops].
///
/// What comes in passes `ConnectionGuard` (counts), `ProtocolChooser` or ALPN, and then either
/// `HttpStream` (one request after the other; with HTTP/2 one for each stream) or, after an
/// upgrade, Netty's frame decoder and a `NettyLink`. Every connection is watched by its loop's
/// `Watch`, which keeps all deadlines with one timer for each loop.
///
/// Nothing here knows a protocol. Numbers are in [TransportLimits]; everything refused or dropped
/// is told to [TransportMetrics].
@NullMarked
package dev.anabranch.transport;

import org.jspecify.annotations.NullMarked;
