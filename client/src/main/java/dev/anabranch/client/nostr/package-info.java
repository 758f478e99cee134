/// A Nostr client that works offline: relays, a local copy of events, a queue on disk.
///
/// [NostrClient] is the way in. What one line to one relay can do stands in `relay`, what is kept
/// on disk in `cache`.
@NullMarked
package dev.anabranch.client.nostr;

import org.jspecify.annotations.NullMarked;
