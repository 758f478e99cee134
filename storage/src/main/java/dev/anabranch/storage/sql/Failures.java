package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.sql.SQLException;

/// Sorts what a driver reports by the remedy it needs.
@FunctionalInterface
public interface Failures {

  /// What a driver's exception means: what, where, what to do.
  StoreFailure of(SQLException cause);
}
