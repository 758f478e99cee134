/// Counting without listing: HyperLogLog as NIP-45 fixes it.
@NullMarked
package dev.anabranch.nostr.count;

import org.jspecify.annotations.NullMarked;
