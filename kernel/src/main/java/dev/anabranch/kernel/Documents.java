package dev.anabranch.kernel;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// What a gateway for documents asks besides [Kernel]; the same rules hold.
public interface Documents {

  /// Works something out of what a document's state is made of, on the kernel's own thread. Needs
  /// the right to read.
  ///
  /// @param knownSeq the caller holds everything up to this change of it; 0 = nothing
  /// @param work takes the trail; empty when the document never existed
  <T> CompletionStage<Answer<T>> trail(
      Caller caller, EntityKey key, long knownSeq, Function<Optional<DocumentTrail>, T> work);

  /// Folds a document's updates into one state, so that the next reader begins there. What is
  /// committed meanwhile stays behind it in the log.
  ///
  /// @return what was folded: how many updates, and the bytes of the state that came of them; both
  ///   0 when there is no such document
  CompletionStage<Folding> fold(EntityKey key);

  /// How much there is of a document that is on disk. Read on the caller's thread, inside a commit:
  /// its lengths alone.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure when the store is away, or busy
  DocumentWeight weigh(EntityKey key);

  /// What folding came to.
  ///
  /// @param updates how many updates it folded; 0 = none stood behind the folded state
  /// @param stateBytes bytes of the folded state
  record Folding(int updates, long stateBytes) {}
}
