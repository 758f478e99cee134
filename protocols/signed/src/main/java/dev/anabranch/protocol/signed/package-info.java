/// Signed entities (seed 000): chats, settings and training data over a WebSocket on which every
/// frame is signed with a Nostr key, by the server as well. See `wire`, `server` and `client`.
@NullMarked
package dev.anabranch.protocol.signed;

import org.jspecify.annotations.NullMarked;
