package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.storage.sqlite.SqliteStore;

/// Opens the database that a configuration names.
public final class Stores {

  private Stores() {}

  /// Opens it, now or again: SQLite in the data folder.
  public static StoreOpener opener(Configuration configuration) {
    return () -> SqliteStore.open(configuration.server().data());
  }
}
