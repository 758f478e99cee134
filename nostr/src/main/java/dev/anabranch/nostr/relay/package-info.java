/// What a relay says of itself (NIP-11).
@NullMarked
package dev.anabranch.nostr.relay;

import org.jspecify.annotations.NullMarked;
