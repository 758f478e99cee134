/// Keys on secp256k1 and signatures by BIP-340.
@NullMarked
package dev.anabranch.nostr.key;

import org.jspecify.annotations.NullMarked;
