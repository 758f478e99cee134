/// Events that nobody but one reader sees: rumour, seal, gift wrap (NIP-59), and the direct
/// messages that go in them (NIP-17).
@NullMarked
package dev.anabranch.nostr.wrap;

import org.jspecify.annotations.NullMarked;
