@NullMarked
package dev.anabranch.client.nostr;

import org.jspecify.annotations.NullMarked;
