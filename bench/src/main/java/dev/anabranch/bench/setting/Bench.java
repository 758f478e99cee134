package dev.anabranch.bench.setting;

import dev.anabranch.bench.process.Folders;
import dev.anabranch.bench.process.PostgresBinaries;
import dev.anabranch.bench.process.PostgresServer;
import java.nio.file.Path;

/// What the rows of one run share: settings and a folder that is removed at the end.
public final class Bench implements AutoCloseable {
  private final Settings settings;
  private final Path folder = Folders.temporary();

  /// A run with these settings.
  public Bench(Settings settings) {
    this.settings = settings;
  }

  /// How much is measured.
  public Settings settings() {
    return settings;
  }

  /// A new, empty folder.
  public Path folder(String name) {
    return Folders.make(folder, name.replaceAll("\\W+", "-"));
  }

  /// A PostgreSQL of the caller's own, empty.
  public PostgresServer postgres() {
    return PostgresServer.start(PostgresBinaries.in(folder), folder("postgres"));
  }

  @Override
  public void close() {
    Folders.remove(folder);
  }
}
