/// Chats, settings and training data of one Nostr key on this device: a local copy that is read and
/// written at once, a queue on disk, and a line on which every frame is signed (seed 000).
@NullMarked
package dev.anabranch.client.signed;

import org.jspecify.annotations.NullMarked;
