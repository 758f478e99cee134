/// What a client and a relay say to each other: JSON arrays that begin with a label (NIP-01, 42,
/// 45, 67, 77).
///
/// [dev.anabranch.nostr.message.ClientMessage] and [dev.anabranch.nostr.message.RelayMessage] are
/// the two halves; both can be read and written, so relays and clients share them.
@NullMarked
package dev.anabranch.nostr.message;

import org.jspecify.annotations.NullMarked;
