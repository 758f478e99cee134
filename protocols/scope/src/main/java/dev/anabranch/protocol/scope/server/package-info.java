/// Scope sync as a server speaks it: sessions over WebSocket, handlers over HTTP (seed 002).
///
/// The way in is link, gateway, codec, session, policy, changes, kernel; the way out is kernel,
/// subscription, changes, codec, outbox. HTTP has the same rooms, with a handler in the session's
/// place.
@NullMarked
package dev.anabranch.protocol.scope.server;

import org.jspecify.annotations.NullMarked;
