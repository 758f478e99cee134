/// Events of NIP-01: what they hold, how they are read, named and verified.
@NullMarked
package dev.anabranch.nostr.event;

import org.jspecify.annotations.NullMarked;
