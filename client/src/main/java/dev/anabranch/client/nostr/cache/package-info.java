/// The events that a Nostr client keeps, and those it still has to publish, in one SQLite file.
@NullMarked
package dev.anabranch.client.nostr.cache;

import org.jspecify.annotations.NullMarked;
