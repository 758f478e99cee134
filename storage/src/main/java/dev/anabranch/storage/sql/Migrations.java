package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Brings a database's tables to this version of the program, or finds them there already.
public final class Migrations {

  private Migrations() {}

  /// The tables of a SQLite file.
  public static void sqlite(Path file, Failures failures) {
    migrate(
        Flyway.configure()
            .dataSource("jdbc:sqlite:" + file, null, null)
            .loggers("slf4j")
            .locations("classpath:db/migration/sqlite"),
        failures);
  }

  /// The tables of a PostgreSQL database.
  public static void postgres(String url, Properties properties, Failures failures) {
    Map<String, String> options = new HashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> options.put(name, properties.getProperty(name)));
    migrate(
        Flyway.configure()
            .loggers("slf4j")
            .dataSource(url, properties.getProperty("user"), properties.getProperty("password"))
            .jdbcProperties(options)
            .locations("classpath:db/migration/postgresql"),
        failures);
  }

  private static void migrate(FluentConfiguration configuration, Failures failures) {
    try {
      configuration.load().migrate();
    } catch (FlywayException exception) {
      throw failure(exception, failures);
    }
  }

  private static StoreFailure failure(FlywayException exception, Failures failures) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException said) {
        return failures.of(said);
      }
    }
    return new StoreFailure(
        StoreFailure.Kind.BROKEN,
        "the database's tables could not be brought to this version: " + exception.getMessage(),
        exception);
  }
}
