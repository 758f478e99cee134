package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.ShellWord;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.Stores;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.ModelsFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which database a command opens itself.
public final class StoreOptions {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder. Default: ./anabranch-data.")
  private @Nullable Path data;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "postgresql://… instead of the SQLite file in the data folder.")
  private @Nullable String database;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The server's configuration. Default: ANABRANCH_CONFIG, else none.")
  private @Nullable Path config;

  /// Whether a database was named at all.
  public boolean isGiven() {
    return data != null || database != null || config != null;
  }

  /// The options that were given, as they would be typed again, each behind a blank.
  public String typed() {
    return ShellWord.option("--data", data)
        + ShellWord.option("--database", database)
        + ShellWord.option("--config", config);
  }

  /// The configuration of the server whose database it is.
  public Configuration configuration(Surroundings surroundings) {
    return configuration(surroundings, Map.of());
  }

  /// The same, with some settings of this command's own.
  public Configuration configuration(Surroundings surroundings, Map<String, ?> own) {
    ConfigurationSource source =
        new ConfigurationSource()
            .environment(surroundings.environment())
            .flag("server.data", Optional.ofNullable(data))
            .flag("database.url", Optional.ofNullable(database));
    own.forEach((setting, value) -> source.flag(setting, Optional.of(value)));
    String variable = surroundings.variable("ANABRANCH_CONFIG");
    Path file = config == null && !variable.isEmpty() ? Path.of(variable) : config;
    return (file == null ? source : source.file(file)).read();
  }

  /// The database, opened for this process alone.
  Store open(Surroundings surroundings) {
    return Stores.openExisting(configuration(surroundings));
  }

  /// What is known of models, as the server would know it.
  Models models(Surroundings surroundings) {
    return ModelsFile.of(configuration(surroundings).server());
  }
}
