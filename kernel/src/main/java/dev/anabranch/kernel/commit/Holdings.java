package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Holding;
import java.util.Map;

/// What principals have in the log before a batch, for their [Quota].
public interface Holdings {

  /// Nobody has anything.
  Holdings NONE =
      new Holdings() {
        @Override
        public Holding of(PrincipalId author) {
          return Holding.NOTHING;
        }

        @Override
        public Map<PrincipalId, Holding> trail(ScopeName scope, long seq) {
          return Map.of();
        }
      };

  /// What was written under a name.
  Holding of(PrincipalId author);

  /// What was written under each name of one entity's changes
  /// ([dev.anabranch.kernel.store.Store#trailHoldings]).
  ///
  /// @param seq the last of them
  /// @throws dev.anabranch.kernel.store.StoreFailure when it cannot be had
  Map<PrincipalId, Holding> trail(ScopeName scope, long seq);
}
