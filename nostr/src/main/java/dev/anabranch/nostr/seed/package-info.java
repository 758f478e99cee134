/// The kinds of seed 001 – 30001 chats, 10001 settings, 1 with `t` = `training` – and how changes
/// from other ways in look on Nostr.
///
/// NIP-51 gives 10001 and 30001 other meanings today: an event is read here only when its content
/// has the seed's shape, and whoever asks decides by [dev.anabranch.nostr.seed.SeedEvents#isMarked]
/// or by the author's grants whether it is meant so.
@NullMarked
package dev.anabranch.nostr.seed;

import org.jspecify.annotations.NullMarked;
