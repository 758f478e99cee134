package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.sql.SQLException;

/// Turns what a database said into what went wrong, where, and what to do.
@FunctionalInterface
public interface Failures {

  /// The failure behind an exception.
  StoreFailure of(SQLException exception);
}
