package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// In which order SQLite reads its tables.
class LogReaderPlanTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {LogReader.TRAIL, WeightQuery.SINCE})
  void aTrailIsWalkedChangeByChangeAndNeverThroughTheWholeScope(String walk) throws SQLException {
    assertThat(steps(walk))
        .filteredOn(step -> step.startsWith("SEARCH c ") || step.startsWith("SCAN c "))
        .hasSizeGreaterThan(1)
        .allMatch(step -> step.contains("scope_id=? AND seq=?"));
  }

  @ParameterizedTest
  @MethodSource("ofPrincipals")
  void aPrincipalsCredentialsAreFoundByItsName(String query) throws SQLException {
    assertThat(steps(query))
        .filteredOn(step -> step.startsWith("SEARCH") || step.startsWith("SCAN"))
        .hasSize(1)
        .allMatch(step -> step.contains("credential_principal (principal=?"));
  }

  static List<String> ofPrincipals() {
    return List.of(SqlCredentials.OF_ONE, SqlCredentials.OF_SOME);
  }

  private List<String> steps(String query) throws SQLException {
    Storage.open(StorageConfiguration.folder(folder)).close();
    List<String> steps = new ArrayList<>();
    try (Session session =
            new Session(
                DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db")));
        ResultSet rows = session.prepare("explain query plan " + query).executeQuery()) {
      while (rows.next()) {
        steps.add(rows.getString("detail"));
      }
    }
    return steps;
  }
}
