/// Documents as a server speaks them: sessions over WebSocket, handlers over HTTP.
///
/// The way in is link, [DocumentGateway], codec, [DocumentSession], [DocumentPolicy],
/// [DocumentChanges], kernel; the way out is kernel, the session as follower, codec, outbox. What
/// is committed is told to others, and acknowledged, only after it is on disk (K6).
///
/// The server holds no live copy: [DocumentShelf] keeps encoded states of documents in use within a
/// budget, and the log has the rest (decision 0040). It never cleans formatting up, never
/// instantiates a root in what it stores, and never uses a client id twice. Limits are
/// [DocumentLimits]. Not here: who owns a token ([Authenticator] is the server's).
@NullMarked
package dev.anabranch.protocol.document.server;

import org.jspecify.annotations.NullMarked;
