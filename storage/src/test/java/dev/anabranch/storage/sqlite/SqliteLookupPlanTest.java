package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.BareRow;
import dev.anabranch.storage.sql.Session;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLookupPlanTest {

  @TempDir Path folder;

  @Test
  void aKeyIsFoundByItsIndex() throws SQLException {
    assertThat(plan(SqliteLookup.CHANGES).getLast())
        .isEqualTo("SEARCH c USING INDEX change_key (scope_id=? AND principal_id=? AND <expr>=?)");
    assertThat(plan(BareEntities.INDEXED).getLast())
        .isEqualTo("SEARCH c USING INDEX change_key (scope_id=? AND principal_id=? AND <expr>=?)");
  }

  @Test
  void aBareEntityIsFoundByItsName() throws SQLException {
    String byName = "(scope_id=? AND model=? AND entity=?)";
    assertThat(plan(SqliteLookup.BARE)).anyMatch(step -> step.endsWith(byName));
    assertThat(plan(BareEntities.BARE)).anyMatch(step -> step.endsWith(byName));
    assertThat(plan(BareEntities.MOVE_ON)).anyMatch(step -> step.endsWith(byName));
    assertThat(plan(BareRow.WRITE_OUT_RANGE)).anyMatch(step -> step.endsWith(byName));
  }

  private List<String> plan(String query) throws SQLException {
    Storage.open(StorageConfiguration.folder(folder)).close();
    List<String> steps = new ArrayList<>();
    try (Session session = SqliteConnections.reading(folder.resolve("anabranch.db"));
        ResultSet rows = session.prepare("explain query plan " + query).executeQuery()) {
      while (rows.next()) {
        steps.add(rows.getString("detail"));
      }
    }
    return steps;
  }
}
