package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.commit.CommitChain;
import dev.anabranch.protocol.scope.wire.Ref;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The pushes of one connection that another one may follow: the last of each chain, by its ref. Of
/// many chains the longest unused is forgotten, and what follows it turned away. About 150 bytes
/// and the ref for each.
final class PushChains {
  private final int chainsMax;
  // Small at first: most connections push little.
  private final LinkedHashMap<Ref, CommitChain> ends = new LinkedHashMap<>(0);

  PushChains(int chainsMax) {
    this.chainsMax = chainsMax;
  }

  /// Whether a push may follow the one with this ref, which must be the last of its chain.
  boolean holds(Ref after) {
    return ends.containsKey(after);
  }

  /// The place of a push that is taken.
  ///
  /// @param ref its own; null = none can follow it
  /// @param after what it follows, one that is [held][#holds]; null = nothing
  CommitChain.Place place(@Nullable Ref ref, @Nullable Ref after) {
    CommitChain chain =
        after == null ? new CommitChain() : Objects.requireNonNull(ends.remove(after), "chain");
    if (ref != null) {
      ends.putLast(ref, chain);
      if (ends.size() > chainsMax) {
        ends.pollFirstEntry();
      }
    }
    return chain.next();
  }
}
