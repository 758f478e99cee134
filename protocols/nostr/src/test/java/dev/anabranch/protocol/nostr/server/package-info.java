/// The relay's sessions, one step at a time.
@NullMarked
package dev.anabranch.protocol.nostr.server;

import org.jspecify.annotations.NullMarked;
