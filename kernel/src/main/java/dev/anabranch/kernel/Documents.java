package dev.anabranch.kernel;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.DocumentTrail;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// What a gateway for documents asks besides [Kernel]; the same rules hold.
public interface Documents {

  /// What a document's state is made of; empty when it never existed. Needs the right to read.
  ///
  /// @param knownSeq the caller holds everything up to this change of it; 0 = nothing
  CompletionStage<Answer<Optional<DocumentTrail>>> trail(
      Caller caller, EntityKey key, long knownSeq);

  /// Folds a document's updates into one state, so that the next reader begins there. What is
  /// committed meanwhile stays behind it in the log.
  ///
  /// @return how many updates were folded
  CompletionStage<Integer> fold(EntityKey key);

  /// How many bytes a document's state takes at most: its folded state and the updates since.
  CompletionStage<Long> bytes(EntityKey key);
}
