package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Holding;
import java.util.function.Consumer;

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
        public void trail(ScopeName scope, long seq, Consumer<Change> each) {}
      };

  /// What was written under a name.
  Holding of(PrincipalId author);

  /// Shows what is retained of one entity's changes, newest first, as
  /// [dev.anabranch.kernel.store.Store#trail] has them.
  ///
  /// @param seq where it begins: a change of the entity
  /// @throws dev.anabranch.kernel.store.StoreFailure when they cannot be had
  void trail(ScopeName scope, long seq, Consumer<Change> each);
}
