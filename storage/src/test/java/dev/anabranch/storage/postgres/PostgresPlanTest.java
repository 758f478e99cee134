package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.anabranch.storage.Place;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.LogReader;
import dev.anabranch.storage.sql.MarkRange;
import dev.anabranch.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Along which index PostgreSQL reads what is one of many.
class PostgresPlanTest {

  private static final int ROWS = 20_000;

  private final String url = TestPostgres.freshDatabase();

  @Test
  void anOriginalIsFoundByItsName() throws SQLException {
    String fill =
        "insert into mark (id, tie, author, kind, time, tags) select n, n * 7919, n % 100, 1, n, ''"
            + " from generate_series(1, %d) n".formatted(ROWS);
    String query = Objects.requireNonNull(PostgresMarks.RANGES.get(MarkRange.By.TIE));
    List<String> values =
        List.of("array[7919::bigint]", "array[0::bigint]", "0", "9", "9", "0", "1", "100");
    String asked = fill(query, values);
    assertThat(plan(fill, asked)).contains("mark_tie").doesNotContain("mark_time");
  }

  @Test
  void aPrincipalsScopesAreFoundByItsGrants() throws SQLException {
    String fill =
        ("insert into scope (scope_id, name, head_seq, head_id, floor_seq, floor_id) select n,"
             + " 'chat:' || n, 1, n, 0, 0 from generate_series(1, %d) n; insert into entity"
             + " (scope_id, model, entity, version, data, deleted, created_at, updated_at, id, seq)"
             + " select n, 'grant', 'p' || n %% 1000, 1, '{}', 0, 1, 1, n, 1 from"
             + " generate_series(1, %d) n")
            .formatted(ROWS, ROWS);
    String asked = fill(LogReader.MEMBERSHIPS, List.of("'p7'", "''", "100"));
    assertThat(plan(fill, asked)).contains("entity_grant").doesNotContain("scope_name_key");
  }

  private static String fill(String query, List<String> values) {
    String text = query;
    for (String value : values) {
      text = text.replaceFirst("\\?", value);
    }
    return text;
  }

  /// As a reader's session plans it, over tables without figures and with them.
  private String plan(String fill, String query) throws SQLException {
    StorageConfiguration configuration = StorageConfiguration.parse(url, "");
    Storage.open(configuration).close();
    PostgresConnections connections =
        new PostgresConnections(((Place.Postgres) configuration.place()).address());
    StringBuilder plan = new StringBuilder();
    try (Connection writing = connections.open();
        Statement statement = writing.createStatement();
        HikariDataSource readers = connections.readers(1)) {
      statement.execute(fill);
      explain(readers, query, plan);
      statement.execute("analyze");
      explain(readers, query, plan);
    }
    return plan.toString();
  }

  private static void explain(HikariDataSource readers, String query, StringBuilder plan)
      throws SQLException {
    try (Connection reading = readers.getConnection();
        Statement statement = reading.createStatement();
        ResultSet rows = statement.executeQuery("explain " + query)) {
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
  }
}
