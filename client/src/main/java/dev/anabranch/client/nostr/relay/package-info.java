/// One line to one Nostr relay, and what is done over it: events asked for, published, reconciled.
///
/// A line verifies every event that comes, authenticates with its keys (NIP-42) and does not come
/// back when it is lost; [dev.anabranch.client.nostr.NostrClient] does. Everything that waits is
/// bounded by [LineSettings].
@NullMarked
package dev.anabranch.client.nostr.relay;

import org.jspecify.annotations.NullMarked;
