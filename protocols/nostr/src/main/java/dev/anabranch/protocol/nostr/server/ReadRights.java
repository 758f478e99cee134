package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Who may read scopes. Stages fail only with a [dev.anabranch.kernel.store.StoreFailure].
interface ReadRights {

  /// Whether one of some callers may read a scope.
  CompletionStage<Boolean> isReader(ScopeName scope, List<Caller> callers);

  /// Whether nothing was ever written in a scope.
  CompletionStage<Boolean> isEmpty(ScopeName scope);

  /// Asks a kernel anew each time.
  static ReadRights of(Kernel kernel) {
    return new ReadRights() {
      @Override
      public CompletionStage<Boolean> isReader(ScopeName scope, List<Caller> callers) {
        CompletionStage<Boolean> reads = CompletableFuture.completedFuture(false);
        for (Caller caller : callers) {
          reads =
              reads.thenCombine(
                  kernel.rightIn(caller, scope),
                  (before, right) -> before || right.covers(Right.READ));
        }
        return reads;
      }

      @Override
      public CompletionStage<Boolean> isEmpty(ScopeName scope) {
        return kernel
            .head(NostrChanges.relay(), scope)
            .thenApply(answer ->
                answer instanceof Answer.Given<ScopeHead>(ScopeHead head) && head.seq() == 0);
      }
    };
  }
}
