package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.PageQueries.Asked;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which statements pages of entities take, and how they are walked.
final class PageQueriesTest {
  private static final ScopeName SCOPE = new ScopeName("org:pages");
  private static final int MODELS = 40;
  private static final PageLimit LIMIT = new PageLimit(3, 1024 * 1024);

  @TempDir private Path folder;

  @Test
  void theNumberOfModelsThatAreAskedForMakesNoFurtherStatement() throws SQLException {
    fill(StorageConfiguration.folder(folder));
    try (Session session = onSqlite()) {
      pagesOfEveryNumberOfModels(session, PageQueries.streamed());
      assertThat(session.statements()).isEqualTo(3); // the scope, a first page, a next one
    }
  }

  @Test
  void norDoesItOnPostgres() throws SQLException {
    String url = TestPostgres.freshDatabase();
    fill(StorageConfiguration.parse(url, ""));
    try (Session session = new Session(DriverManager.getConnection(url))) {
      pagesOfEveryNumberOfModels(session, PageQueries.whole());
      assertThat(session.statements()).isEqualTo(3);
    }
  }

  @Test
  void aPageOfSomeModelsIsAWalkOfTheIndex() throws SQLException {
    fill(StorageConfiguration.folder(folder));
    try (Session session = onSqlite()) {
      for (SnapshotPage.@Nullable Place after : places()) {
        Asked asked = new Asked("entity", true, Set.of(model(1), model(7)), after);
        String text = PageQueries.streamed().entitiesText(asked);
        List<String> plan = new ArrayList<>();
        try (ResultSet rows = session.prepare("explain query plan " + text).executeQuery()) {
          while (rows.next()) {
            plan.add(rows.getString("detail"));
          }
        }
        assertThat(plan)
            .anyMatch(step -> step.startsWith("SEARCH e USING PRIMARY KEY"))
            .noneMatch(step -> step.contains("TEMP B-TREE"));
      }
    }
  }

  private static List<SnapshotPage.@Nullable Place> places() {
    List<SnapshotPage.@Nullable Place> places = new ArrayList<>();
    places.add(null);
    places.add(new SnapshotPage.Place(model(1), new EntityId("1")));
    return places;
  }

  private static void pagesOfEveryNumberOfModels(Session session, PageQueries queries)
      throws SQLException {
    Set<ModelName> models = new HashSet<>();
    for (int number = 0; number < MODELS; number++) {
      models.add(model(number));
      List<String> found = new ArrayList<>();
      SnapshotPage.@Nullable Place after = null;
      do {
        Asked asked = new Asked("entity", true, models, after);
        SnapshotPage page = queries.entities(session, SCOPE, asked, LIMIT);
        page.entities().forEach(entity -> found.add(entity.key().model().text()));
        after = page.next();
      } while (after != null);
      assertThat(found)
          .containsExactlyElementsOf(models.stream().map(ModelName::text).sorted().toList());
    }
  }

  private Session onSqlite() throws SQLException {
    return new Session(
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db")));
  }

  private static void fill(StorageConfiguration configuration) {
    try (Store store = Storage.open(configuration)) {
      TestWriter writer = new TestWriter(store);
      for (int number = 0; number < MODELS; number++) {
        EntityKey key = new EntityKey(SCOPE, model(number), new EntityId("1"));
        writer.apply(Write.insert(new WriteKey("k" + number), key, JsonObject.EMPTY));
      }
    }
  }

  private static ModelName model(int number) {
    return new ModelName("m" + (100 + number));
  }
}
