/// Several keys of one person: statements that link two keys, part them, or give one up for lost.
///
/// A statement is one short text. Whoever owns a key signs the text's digest with it, or signs an
/// event over it where a signer signs nothing but events (NIP-07, NIP-46).
@NullMarked
package dev.anabranch.nostr.link;

import org.jspecify.annotations.NullMarked;
