@NullMarked
package dev.anabranch.client.nostr.cache;

import org.jspecify.annotations.NullMarked;
