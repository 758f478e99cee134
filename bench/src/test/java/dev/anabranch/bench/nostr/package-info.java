@NullMarked
package dev.anabranch.bench.nostr;

import org.jspecify.annotations.NullMarked;
