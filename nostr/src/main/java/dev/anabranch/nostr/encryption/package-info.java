/// Encryption between two keys: NIP-44, version 2.
@NullMarked
package dev.anabranch.nostr.encryption;

import org.jspecify.annotations.NullMarked;
