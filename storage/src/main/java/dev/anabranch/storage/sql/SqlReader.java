package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The reading half of a store. Every verb reads one consistent state of the database.
///
/// Connections come with auto-commit off and an isolation that shows a snapshot.
public final class SqlReader {

  /// Rows that the driver brings at once; a page may be cut short by its bytes.
  private static final int FETCH_ROWS = 128;

  private final DataSource connections;
  private final Failures failures;
  private final Epochs epochs;

  /// A reader over these connections.
  public SqlReader(DataSource connections, Failures failures, Epochs epochs) {
    this.connections = connections;
    this.failures = failures;
    this.epochs = epochs;
  }

  /// Something read in one transaction.
  @FunctionalInterface
  public interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /// Reads something in one transaction.
  public <T> T ask(Question<T> question) {
    try (Connection connection = connections.getConnection()) {
      T answer = question.ask(connection);
      connection.rollback();
      return answer;
    } catch (SQLException exception) {
      throw failures.of(exception);
    }
  }

  /// A scope's number and head.
  public record ScopeRow(long number, ScopeHead head) {

    private static final String COLUMNS =
        "scope_id, name, head_seq, head_id, floor_seq, floor_id FROM scope";

    private static ScopeRow of(ResultSet row) throws SQLException {
      return new ScopeRow(
          row.getLong(1),
          new ScopeHead(
              new ScopeName(row.getString(2)),
              row.getLong(3),
              row.getLong(4),
              row.getLong(5),
              row.getLong(6)));
    }
  }

  /// A scope's row.
  public static Optional<ScopeRow> scope(Connection connection, ScopeName scope)
      throws SQLException {
    return Statements.first(
        connection, "SELECT " + ScopeRow.COLUMNS + " WHERE name = ?", ScopeRow::of, scope.text());
  }

  public ScopeHead head(ScopeName scope) {
    return ask(connection -> scope(connection, scope))
        .map(ScopeRow::head)
        .orElse(ScopeHead.empty(scope));
  }

  public List<ScopeHead> heads(@Nullable ScopeName after, int countMax) {
    return ask(connection ->
        Statements.list(
            connection,
            "SELECT " + ScopeRow.COLUMNS + " WHERE name > ? ORDER BY name LIMIT ?",
            row -> ScopeRow.of(row).head(),
            after == null ? "" : after.text(),
            countMax));
  }

  public Reading read(ScopeName scope, long afterId, PageLimit limit) {
    if (epochs.gaveUp(afterId)) {
      return new Reading.Refetch(RefetchReason.EPOCH);
    }
    return ask(connection -> read(connection, scope, afterId, limit));
  }

  private static Reading read(Connection connection, ScopeName scope, long afterId, PageLimit limit)
      throws SQLException {
    Optional<ScopeRow> row = scope(connection, scope);
    ScopeHead head = row.map(ScopeRow::head).orElse(ScopeHead.empty(scope));
    if (afterId > head.id()) {
      return new Reading.Refetch(RefetchReason.CURSOR_AHEAD);
    }
    if (afterId < head.floorId()) {
      return new Reading.Refetch(RefetchReason.CURSOR_BEHIND_RETENTION);
    }
    if (row.isEmpty() || afterId == head.id()) {
      return new Reading.Page(head.seq(), List.of(), head);
    }
    long afterSeq = seqAt(connection, row.get(), afterId);
    return new Reading.Page(afterSeq, page(connection, row.get(), afterSeq, limit), head);
  }

  private static List<Change> page(
      Connection connection, ScopeRow scope, long afterSeq, PageLimit limit) throws SQLException {
    String sql =
        "SELECT "
            + ChangeRow.COLUMNS
            + " WHERE c.scope_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Statements.bind(statement, scope.number(), afterSeq, limit.countMax());
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        List<Change> changes = new ArrayList<>();
        long bytes = 0;
        while (rows.next()) {
          Change change = ChangeRow.of(rows, scope.head().scope());
          bytes += change.approximateBytes();
          if (!changes.isEmpty() && bytes > limit.bytesMax()) {
            break;
          }
          changes.add(change);
        }
        return changes;
      }
    }
  }

  /// The seq of the scope's last change up to an id. Mostly the id is that change's; else it is
  /// searched for, which works because ids and seqs grow together.
  private static long seqAt(Connection connection, ScopeRow scope, long id) throws SQLException {
    Optional<Long> exact =
        Statements.first(
            connection,
            "SELECT seq FROM change WHERE id = ? AND scope_id = ?",
            row -> row.getLong(1),
            id,
            scope.number());
    if (exact.isPresent()) {
      return exact.get();
    }
    long low = scope.head().floorSeq();
    long high = scope.head().seq();
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (idAt(connection, scope.number(), middle) <= id) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static long idAt(Connection connection, long scope, long seq) throws SQLException {
    return Statements.first(
            connection,
            "SELECT id FROM change WHERE scope_id = ? AND seq = ?",
            row -> row.getLong(1),
            scope,
            seq)
        .orElse(0L);
  }

  public Optional<Change> change(ScopeName scope, long seq) {
    return ask(connection ->
        Statements.first(
            connection,
            "SELECT "
                + ChangeRow.COLUMNS
                + " JOIN scope s ON s.scope_id = c.scope_id WHERE s.name = ? AND c.seq = ?",
            row -> ChangeRow.of(row, scope),
            scope.text(),
            seq));
  }

  public Optional<Entity> entity(EntityKey key) {
    return ask(connection ->
        Statements.first(
            connection,
            "SELECT "
                + EntityRow.COLUMNS
                + " FROM entity WHERE scope_id = (SELECT scope_id FROM scope WHERE name = ?)"
                + " AND model = ? AND entity = ?",
            row -> EntityRow.of(row, key.scope()),
            key.scope().text(),
            key.model().text(),
            key.id().text()));
  }

  public SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return ask(connection -> entities(connection, "entity", scope, models, false, after, limit));
  }

  public SnapshotPage floor(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return ask(
        connection -> entities(connection, "floor_entity", scope, Set.of(), true, after, limit));
  }

  public SnapshotPage state(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return ask(connection -> entities(connection, "entity", scope, Set.of(), true, after, limit));
  }

  private static SnapshotPage entities(
      Connection connection,
      String table,
      ScopeName scope,
      Set<ModelName> models,
      boolean tombstones,
      SnapshotPage.@Nullable Place after,
      PageLimit limit)
      throws SQLException {
    Optional<ScopeRow> row = scope(connection, scope);
    if (row.isEmpty()) {
      return new SnapshotPage(List.of(), null);
    }
    List<@Nullable Object> values = new ArrayList<>();
    values.add(row.get().number());
    StringBuilder sql =
        new StringBuilder("SELECT ")
            .append(EntityRow.COLUMNS)
            .append(" FROM ")
            .append(table)
            .append(" WHERE scope_id = ?");
    if (after != null) {
      sql.append(" AND (model, entity) > (?, ?)");
      values.add(after.model().text());
      values.add(after.id().text());
    }
    if (!models.isEmpty()) {
      sql.append(" AND model IN (?").append(", ?".repeat(models.size() - 1)).append(")");
      models.forEach(model -> values.add(model.text()));
    }
    if (!tombstones) {
      sql.append(" AND deleted = ?");
      values.add(false);
    }
    sql.append(" ORDER BY model, entity LIMIT ?");
    values.add(limit.countMax() + 1);
    return entities(connection, sql.toString(), values.toArray(), scope, limit);
  }

  private static SnapshotPage entities(
      Connection connection,
      String sql,
      @Nullable Object[] values,
      ScopeName scope,
      PageLimit limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Statements.bind(statement, values);
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        List<Entity> entities = new ArrayList<>();
        long bytes = 0;
        while (rows.next()) {
          Entity entity = EntityRow.of(rows, scope);
          bytes += bytes(entity);
          boolean full = entities.size() == limit.countMax() || bytes > limit.bytesMax();
          if (full && !entities.isEmpty()) {
            EntityKey last = entities.getLast().key();
            return new SnapshotPage(entities, new SnapshotPage.Place(last.model(), last.id()));
          }
          entities.add(entity);
        }
        return new SnapshotPage(entities, null);
      }
    }
  }

  private static int bytes(Entity entity) {
    return 200
        + entity.data().text().length()
        + (entity.body() == null ? 0 : entity.body().size())
        + (entity.ruleState() == null ? 0 : entity.ruleState().text().length());
  }
}
