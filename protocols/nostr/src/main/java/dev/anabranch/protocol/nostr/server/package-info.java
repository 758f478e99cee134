/// The relay's side: sessions, policy, the way of an event into the log and out of it.
@NullMarked
package dev.anabranch.protocol.nostr.server;

import org.jspecify.annotations.NullMarked;
