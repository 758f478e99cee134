package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.server.configuration.Configuration;

/// Opens the database that a configuration names.
public final class Stores {

  private Stores() {}

  /// Opens it, now or again.
  public static StoreOpener opener(Configuration configuration) {
    throw new IllegalStateException("later " + configuration);
  }
}
