/// Texts of Nostr: strict JSON from bytes, hexadecimal digits, and what a parser says.
@NullMarked
package dev.anabranch.nostr.text;

import org.jspecify.annotations.NullMarked;
