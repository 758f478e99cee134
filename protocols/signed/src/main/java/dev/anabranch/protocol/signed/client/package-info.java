/// Signed entities as a client speaks them: one link, from the challenge to the last signed frame.
/// What is kept, queued and merged is the caller's.
@NullMarked
package dev.anabranch.protocol.signed.client;

import org.jspecify.annotations.NullMarked;
