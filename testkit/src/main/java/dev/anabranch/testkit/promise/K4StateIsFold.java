package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import java.util.List;

/// K4: state = fold of the log.
public final class K4StateIsFold {

  private K4StateIsFold() {}

  /// What is broken in a store that nobody writes to meanwhile.
  public static List<String> broken(Store store, Models models) {
    return new FoldCheck(store, models)
        .everything().stream().map(difference -> "K4: " + difference).toList();
  }
}
