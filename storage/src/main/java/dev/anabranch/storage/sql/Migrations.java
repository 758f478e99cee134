package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Brings a database's tables to this version of the program, or finds them there already.
public final class Migrations {

  private Migrations() {}

  /// The tables of a SQLite file.
  public static void sqlite(Path file, Failures failures) {
    migrate(ofSqlite(file).load(), failures);
  }

  /// Whether a SQLite file has the tables of this version of the program.
  public static boolean isCurrent(Path file, Failures failures) {
    try {
      MigrationInfoService tables = ofSqlite(file).load().info();
      return tables.pending().length == 0 && newest(tables).isEmpty();
    } catch (FlywayException exception) {
      throw failure(exception, failures);
    }
  }

  private static FluentConfiguration ofSqlite(Path file) {
    return Flyway.configure()
        .dataSource("jdbc:sqlite:" + file, null, null)
        .loggers("slf4j")
        .locations("classpath:db/migration/sqlite");
  }

  /// The tables of a PostgreSQL database.
  public static void postgres(String url, Properties properties, Failures failures) {
    migrate(ofPostgres(url, properties), failures);
  }

  private static Flyway ofPostgres(String url, Properties properties) {
    Map<String, String> options = new HashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> options.put(name, properties.getProperty(name)));
    options.put("socketTimeout", "0"); // an index over a large log is built for as long as it takes
    return Flyway.configure()
        .loggers("slf4j")
        .dataSource(url, properties.getProperty("user"), properties.getProperty("password"))
        .jdbcProperties(options)
        .locations("classpath:db/migration/postgresql")
        .load();
  }

  /// Refuses a PostgreSQL database whose tables are of another version than this program's: a copy
  /// of them would hold only what this program knows.
  public static void refuseOtherThanPostgres(String url, Properties properties, Failures failures) {
    try {
      MigrationInfoService tables = ofPostgres(url, properties).info();
      refuseNewer(tables);
      if (tables.pending().length > 0) {
        throw new StoreFailure(
            StoreFailure.Kind.BROKEN,
            "an older version of this program made the database's tables; use that one, or start a"
                + " server of this one, which brings them up to date");
      }
    } catch (FlywayException exception) {
      throw failure(exception, failures);
    }
  }

  private static void migrate(Flyway tables, Failures failures) {
    try {
      refuseNewer(tables.info());
      tables.migrate();
    } catch (FlywayException exception) {
      throw failure(exception, failures);
    }
  }

  private static void refuseNewer(MigrationInfoService tables) {
    newest(tables)
        .ifPresent(version -> {
          throw new StoreFailure(
              StoreFailure.Kind.BROKEN,
              "a newer version of this program made the database's tables (version "
                  + version
                  + "); start that one");
        });
  }

  /// The version of tables that this program does not know.
  private static Optional<String> newest(MigrationInfoService tables) {
    return Arrays.stream(tables.all())
        .filter(each -> each.getState() == MigrationState.FUTURE_SUCCESS)
        .map(each -> each.getVersion().getVersion())
        .reduce((earlier, later) -> later);
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
