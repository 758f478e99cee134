/// Nostr events and requests as load, and what a relay under it does.
@NullMarked
package dev.anabranch.bench.nostr;

import org.jspecify.annotations.NullMarked;
