/// What single NIPs demand of an event, as checks without time or store of their own: 09, 13, 40,
/// 42, 48, 59, 62, 70, 98.
@NullMarked
package dev.anabranch.nostr.rule;

import org.jspecify.annotations.NullMarked;
