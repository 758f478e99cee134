@NullMarked
package dev.anabranch.client.nostr.relay;

import org.jspecify.annotations.NullMarked;
