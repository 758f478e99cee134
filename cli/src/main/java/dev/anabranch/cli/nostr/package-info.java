/// Commands that speak Nostr with relays, ours or anybody's.
@NullMarked
package dev.anabranch.cli.nostr;

import org.jspecify.annotations.NullMarked;
