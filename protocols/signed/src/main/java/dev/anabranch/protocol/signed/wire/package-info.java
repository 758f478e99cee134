/// The messages of signed entities and their bytes, for servers and clients alike (seed 000).
///
/// A **client** holds a Nostr key. It says `connect`, hears a `challenge`, says `connect` again
/// with the challenge inside what it signs, and hears `connect_ack` with a session id. From then on
/// every frame of either side carries the session id, a counter that only grows, a time and a
/// signature (BIP-340 over SHA-256 of the frame's canonical JSON, RFC 8785, without the signature).
/// `sync` writes and is answered by `accepted`, `conflict`, `error` or `outcomes`; `fetch` reads;
/// `resume` begins the stream of `snapshot`, `changed` and `live`.
///
/// A frame is *spelled* canonically too, signature included: one message has one spelling, so what
/// was signed is what was read, number by number ([CanonicalJson]).
///
/// Faults are [SignedFault]. Not here: who a key is, what is stored, when something is sent.
@NullMarked
package dev.anabranch.protocol.signed.wire;

import org.jspecify.annotations.NullMarked;
