package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.MarkRange;
import dev.anabranch.storage.sql.Session;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// In which order SQLite reads the marks of a range.
class SqliteMarksPlanTest {

  private static final Map<MarkRange.By, String> INDEXES =
      Map.of(
          MarkRange.By.TIE, "mark_tie",
          MarkRange.By.TAG, "PRIMARY KEY",
          MarkRange.By.AUTHOR_KIND, "COVERING INDEX mark_author_kind",
          MarkRange.By.AUTHOR, "COVERING INDEX mark_author",
          MarkRange.By.KIND, "COVERING INDEX mark_kind",
          MarkRange.By.TIME, "COVERING INDEX mark_time");

  @TempDir Path folder;

  @Test
  void eachRangeIsReadFromItsOwnIndexAloneAndInItsOrder() throws SQLException {
    Storage.open(StorageConfiguration.folder(folder)).close();
    try (Session session = SqliteConnections.reading(folder.resolve("marks.db"))) {
      for (MarkRange.By by : MarkRange.By.values()) {
        List<String> steps = steps(session, Objects.requireNonNull(SqliteMarks.RANGES.get(by)));
        assertThat(steps.getFirst())
            .as("%s", by)
            .startsWith(
                "SEARCH m USING " + (by == MarkRange.By.TIE ? "INDEX " : "") + INDEXES.get(by));
        // Those of one tie are few.
        assertThat(steps).as("%s", by).hasSize(by == MarkRange.By.TIE ? 2 : 1);
      }
    }
  }

  private static List<String> steps(Session session, String query) throws SQLException {
    List<String> steps = new ArrayList<>();
    try (ResultSet rows = session.prepare("explain query plan " + query).executeQuery()) {
      while (rows.next()) {
        steps.add(rows.getString("detail"));
      }
    }
    return steps;
  }
}
