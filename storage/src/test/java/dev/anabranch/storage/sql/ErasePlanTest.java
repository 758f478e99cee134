package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/// How PostgreSQL blanks what one author wrote of an entity, in tables that it has no figures of.
class ErasePlanTest {

  private static final String LOG =
      "insert into change (id, scope_id, seq, model, entity, action, version, write_key, hash_high,"
          + " hash_low, principal_id, n, base, hlc, prior, origin, at, erased) select g, 1, g, 'm',"
          + " 'e', 'update', g, 'k' || g, 1, 2, 1, g, 0, g, g - 1, 'http', g, 0"
          + " from generate_series(1, 20000) g";

  @Test
  void theChainIsWalkedAndNotAllThatTheAuthorWrote() throws SQLException {
    String url = TestPostgres.freshDatabase();
    Storage.open(StorageConfiguration.parse(url, "")).close();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("alter table change set (autovacuum_enabled = off)");
      statement.execute(LOG);
      statement.execute("set enable_seqscan = off; set enable_hashjoin = off");
      statement.execute("set enable_mergejoin = off");
      StringBuilder plan = new StringBuilder();
      String erase = MarkWriter.ERASE_OF.replace("name = ?", "name = 'a'").replace("?", "1");
      try (ResultSet rows = statement.executeQuery("explain " + erase)) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
      assertThat(plan.toString()).contains("change_seq").doesNotContain("change_key");
    }
  }
}
