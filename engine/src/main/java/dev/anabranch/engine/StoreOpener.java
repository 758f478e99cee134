package dev.anabranch.engine;

import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;

/// Opens the store, the first time and again after a failure.
@FunctionalInterface
public interface StoreOpener {

  /// An open store that this process owns; throws [dev.anabranch.kernel.store.StoreFailure] when it
  /// cannot be had.
  Store open();

  /// Likewise, after this process lost it. Where a database can be behind what was acknowledged, or
  /// be another one – a standby that lagged took its place, a backup was put back –, it begins a
  /// new epoch before anybody is served: else ids were given twice, and readers would miss what
  /// comes (K1, K5).
  ///
  /// @param end where the log ended when it was lost
  default Store openAgain(LogEnd end) {
    return open();
  }
}
