/// The Nostr client and its commands against real relays, ours and others'.
@NullMarked
package dev.anabranch.cli.nostr;

import org.jspecify.annotations.NullMarked;
