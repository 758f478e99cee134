/// Scope sync as a server speaks it: sessions over WebSocket, handlers over HTTP (seed 002).
///
/// The way in is link, [ScopeGateway], codec, [ScopeSession], [ScopePolicy], [ScopeChanges],
/// kernel; the way out is kernel, [ScopeSubscription], [ScopeChanges], codec, outbox. HTTP has the
/// same rooms, with [ScopeRouter] and its handlers in the session's place.
///
/// Limits are [ScopeLimits], every one with a fault that says so. Failures are caught in two
/// places, [SessionLink] and [ScopeExchange], told to [ScopeObserver] once, and answered. Not here:
/// who owns a token ([Authenticator] is the server's), which web pages may come in beyond the open
/// loopback's rule, and anything that is kept.
@NullMarked
package dev.anabranch.protocol.scope.server;

import org.jspecify.annotations.NullMarked;
