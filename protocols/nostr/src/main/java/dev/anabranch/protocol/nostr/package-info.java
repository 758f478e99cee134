/// A Nostr relay (NIP-01 and what builds on it) over the one log.
///
/// Participants are clients that publish and subscribe; what they say and hear is spelled in the
/// library `dev.anabranch.nostr`, which this protocol has for its wire. An event is a change: its
/// id is the change's key, its JSON the change's proof, stored and served byte for byte (K7). It
/// lives in the scope `user:<author>` under the model `event`, by the rule `newest`; ephemeral
/// events are shown, said once to the followers of their scope, and not kept.
///
/// Order: per subscription the stored events come newest first, then `EOSE`, then the new ones,
/// each once and without a hole between the two (K5). `OK` says that an event is on disk (K6).
///
/// Source: the NIPs, as `docs/protocols/nostr.md` lists them with what is decided here.
@NullMarked
package dev.anabranch.protocol.nostr;

import org.jspecify.annotations.NullMarked;
