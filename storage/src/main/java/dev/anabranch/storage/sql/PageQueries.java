package dev.anabranch.storage.sql;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Queries whose answer is bounded by count and bytes.
///
/// SQLite hands out row after row, so that reading just stops at the bound. PostgreSQL sends the
/// whole answer: there a running sum of the sizes cuts it before it leaves the server.
public final class PageQueries {

  private static final int ROW_BYTES_MIN = 200;
  private static final String CHANGE_BYTES =
      ROW_BYTES_MIN
          + " + coalesce(octet_length(c.data), 0) + coalesce(octet_length(c.body), 0)"
          + " + coalesce(octet_length(c.proof), 0)";
  private static final String ENTITY_BYTES =
      ROW_BYTES_MIN + " + octet_length(e.data) + coalesce(octet_length(e.body), 0)";

  private final boolean streamed;

  private PageQueries(boolean streamed) {
    this.streamed = streamed;
  }

  /// For a database that makes rows as they are asked for.
  public static PageQueries streamed() {
    return new PageQueries(true);
  }

  /// For a database that sends the whole answer at once.
  public static PageQueries whole() {
    return new PageQueries(false);
  }

  List<Change> changes(Session session, ScopeRow scope, long afterSeq, PageLimit limit)
      throws SQLException {
    PreparedStatement select = session.prepare(changesText());
    select.setLong(1, scope.scopeId());
    select.setLong(2, afterSeq);
    select.setLong(3, scope.head().seq());
    select.setInt(4, rowsMax(limit));
    if (!streamed) {
      select.setLong(5, octetsMax(limit));
    }
    List<Change> changes = new ArrayList<>();
    long bytes = 0;
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Change change = ChangeRow.read(rows, scope.head().scope());
        bytes += change.approximateBytes();
        if (!changes.isEmpty() && bytes > limit.bytesMax()) {
          break;
        }
        changes.add(change);
      }
    }
    return changes;
  }

  /// No row counts for less than its base: more of them would be read for nothing.
  private static int rowsMax(PageLimit limit) {
    return Math.min(limit.countMax(), limit.bytesMax() / ROW_BYTES_MIN + 1);
  }

  /// The server counts octets where [Change#approximateBytes] counts characters: it never cuts
  /// before the reader would.
  private static long octetsMax(PageLimit limit) {
    return 4L * limit.bytesMax();
  }

  private String changesText() {
    String where = " where c.scope_id = ? and c.seq > ? and c.seq <= ? order by c.seq limit ?";
    if (streamed) {
      return "select " + ChangeRow.COLUMNS + " from " + ChangeRow.TABLES + where;
    }
    return "select "
        + ChangeRow.COLUMNS
        + " from (select c.*, sum("
        + CHANGE_BYTES
        + ") over (order by c.seq) - ("
        + CHANGE_BYTES
        + ") as before from change c"
        + where
        + ") c join principal p on p.principal_id = c.principal_id where c.before <= ?"
        + " order by c.seq";
  }

  /// Which entities of a scope are asked for.
  ///
  /// @param table `entity` or `floor_entity`
  /// @param livingOnly without tombstones
  /// @param models only these; empty = all
  /// @param after behind this place; null = from the first
  record Asked(
      String table,
      boolean livingOnly,
      Set<ModelName> models,
      SnapshotPage.@Nullable Place after) {}

  SnapshotPage entities(Session session, ScopeName scope, Asked asked, PageLimit limit)
      throws SQLException {
    ScopeRow row = LogReader.scope(session, scope);
    if (row == null) {
      return new SnapshotPage(List.of(), null);
    }
    PreparedStatement select = session.prepare(entitiesText(asked));
    bind(select, row, asked, limit);
    List<Entity> entities = new ArrayList<>();
    long bytes = 0;
    boolean more = false;
    try (ResultSet rows = select.executeQuery()) {
      while (!more && rows.next()) {
        Entity entity = EntityRow.read(rows, scope);
        bytes += EntityRow.approximateBytes(entity);
        more =
            entities.size() == limit.countMax()
                || (!entities.isEmpty() && bytes > limit.bytesMax());
        if (!more) {
          entities.add(entity);
        }
      }
    }
    return new SnapshotPage(entities, more ? placeOf(entities.getLast().key()) : null);
  }

  private static SnapshotPage.Place placeOf(EntityKey key) {
    return new SnapshotPage.Place(key.model(), key.id());
  }

  private void bind(PreparedStatement select, ScopeRow row, Asked asked, PageLimit limit)
      throws SQLException {
    int index = 0;
    select.setLong(++index, row.scopeId());
    if (!asked.models().isEmpty()) {
      bindModels(select, ++index, asked.models());
    }
    SnapshotPage.Place after = asked.after();
    if (after != null) {
      select.setString(++index, after.model().text());
      select.setString(++index, after.id().text());
    }
    select.setInt(++index, rowsMax(limit) + 1);
    if (!streamed) {
      select.setLong(++index, octetsMax(limit));
    }
  }

  /// However many there are, it is one parameter: the number of statements must not be the asker's
  /// choice (K11).
  private void bindModels(PreparedStatement select, int index, Set<ModelName> models)
      throws SQLException {
    if (streamed) {
      List<Json> names = models.stream().<Json>map(name -> new JsonString(name.text())).toList();
      select.setString(index, new JsonArray(names).text());
    } else {
      Object[] names = models.stream().map(ModelName::text).toArray();
      select.setArray(index, select.getConnection().createArrayOf("text", names));
    }
  }

  String entitiesText(Asked asked) {
    String where =
        " where e.scope_id = ?"
            + (asked.livingOnly() ? " and e.deleted = 0" : "")
            + (asked.models().isEmpty() ? "" : inModels())
            + (asked.after() == null ? "" : " and (e.model, e.entity) > (?, ?)")
            + " order by e.model, e.entity limit ?";
    if (streamed) {
      return "select " + EntityRow.COLUMNS + " from " + asked.table() + " e" + where;
    }
    return "select "
        + EntityRow.COLUMNS
        + " from (select e.*, sum("
        + ENTITY_BYTES
        + ") over (order by e.model, e.entity) - ("
        + ENTITY_BYTES
        + ") as before, row_number() over (order by e.model, e.entity) as place from "
        + asked.table()
        + " e"
        + where
        // The second one always comes along: behind a first that fills the page by itself it tells
        // that there is more.
        + ") e where e.before <= ? or e.place <= 2 order by e.model, e.entity";
  }

  private String inModels() {
    return streamed ? " and e.model in (select value from json_each(?))" : " and e.model = any (?)";
  }
}
