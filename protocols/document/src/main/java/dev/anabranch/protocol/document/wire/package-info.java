/// The messages of a document's connection, and their bytes in y-websocket's and Hocuspocus's
/// framing.
///
/// y-websocket's frame is a number – 0 sync, 1 awareness, 2 auth, 3 query awareness – and what goes
/// with it; the path names the document. Hocuspocus puts the document's name in front, so that one
/// socket carries several, and knows more: token, SyncStatus 8, close 7, stateless 5. Sources:
/// y-protocols 1.0.7, y-websocket 3.1, @hocuspocus/provider 3.4.
@NullMarked
package dev.anabranch.protocol.document.wire;

import org.jspecify.annotations.NullMarked;
