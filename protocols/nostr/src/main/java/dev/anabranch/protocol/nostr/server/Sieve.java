package dev.anabranch.protocol.nostr.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Keeps back what somebody has no right to see. Fails only with a
/// [dev.anabranch.kernel.store.StoreFailure].
@FunctionalInterface
interface Sieve {

  /// Keeps nothing back.
  Sieve OPEN = CompletableFuture::completedFuture;

  /// Those that may be seen, in their order.
  CompletionStage<List<Sight>> let(List<Sight> sights);
}
