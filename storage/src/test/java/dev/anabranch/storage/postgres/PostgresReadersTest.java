package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.storage.Place;
import dev.anabranch.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/// What a reading session sees.
class PostgresReadersTest {

  private static final String WAITING =
      "select 1 from pg_stat_activity where datname = current_database() and pid <>"
          + " pg_backend_pid() and state like 'idle%' and query <> ''";

  private final String url = TestPostgres.freshDatabase();

  @Test
  void theFirstReadOfASessionIsOfNowAndNotOfWhenItWasOpened() throws SQLException {
    PostgresAddress place = ((Place.Postgres) Place.parse(url, "")).address();
    PostgresStore.open(place, 1, 1024 * 1024).close();
    try (Connection beside = DriverManager.getConnection(url);
        Statement statement = beside.createStatement();
        PostgresReaders readers =
            new PostgresReaders(
                new PostgresConnections(place).readers(1), new PostgresFailures(place))) {
      await().until(() -> isAny(statement)); // the pool opens one before anybody asks
      statement.execute("insert into principal values (7, 'late')");
      assertThat(
              readers.<Boolean>read(session ->
                  session.first("select 1 from principal where name = 'late'", row -> 1) != null))
          .isTrue();
    }
  }

  private static boolean isAny(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery(WAITING)) {
      return rows.next();
    }
  }
}
