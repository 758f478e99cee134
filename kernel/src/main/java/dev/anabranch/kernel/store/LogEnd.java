package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.WriteHash;
import org.jspecify.annotations.Nullable;

/// Where a log ended when its owner last saw it: enough to tell later whether it is still that log.
///
/// @param epoch which history it was
/// @param id of the last change of all; in an epoch that has none yet, what its ids begin behind
/// @param hash of that change's write; null = there is no such change in the log
public record LogEnd(long epoch, long id, @Nullable WriteHash hash) {}
