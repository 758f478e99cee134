package dev.anabranch.engine;

import dev.anabranch.kernel.store.Store;

/// Opens the store, the first time and again after a failure.
@FunctionalInterface
public interface StoreOpener {

  /// An open store that this process owns; throws [dev.anabranch.kernel.store.StoreFailure] when it
  /// cannot be had.
  Store open();
}
