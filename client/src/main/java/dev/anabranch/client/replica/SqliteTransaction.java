package dev.anabranch.client.replica;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The statements of one connection to a local copy; each is prepared once and kept.
final class SqliteTransaction implements ReplicaTransaction {

  private static final String ENTITY =
      "scope, model, id, version, data, body, created_at, updated_at, sync_id";
  private static final int ENTITY_COLUMNS = 9;
  private static final String PENDING =
      "number, key, scope, model, id, action, data, expected_version, seen, accepted_id,"
          + " decided, body, rests_on, accepted_version";

  /// All queued writes, in order.
  static final String QUEUE = "select " + PENDING + " from pending order by number";

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private long lastNumber = -1;

  SqliteTransaction(Connection connection) {
    this.connection = connection;
  }

  /// Reads one row.
  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  @Override
  public DeviceId device() {
    return query(row -> new DeviceId(row.getString(1)), "select id from device").getFirst();
  }

  @Override
  public List<ScopeCursor> cursors() {
    return query(
        SqliteTransaction::cursor, "select scope, last_id, last_seq from cursor order by scope");
  }

  @Override
  public Optional<ScopeCursor> cursor(ScopeName scope) {
    return first(
        query(
            SqliteTransaction::cursor,
            "select scope, last_id, last_seq from cursor where scope = ?",
            scope.text()));
  }

  @Override
  public Optional<KnownEntity> known(EntityKey key) {
    return first(
        query(
            SqliteTransaction::entity,
            "select " + ENTITY + " from entity where scope = ? and model = ? and id = ?",
            key.scope().text(),
            key.model().text(),
            key.id().text()));
  }

  @Override
  public List<KnownEntity> known(
      ScopeName scope, ModelName model, @Nullable EntityId after, int countMax) {
    return query(
        SqliteTransaction::entity,
        "select "
            + ENTITY
            + " from entity where scope = ? and model = ? and id > ? order by id limit ?",
        scope.text(),
        model.text(),
        after == null ? "" : after.text(),
        countMax);
  }

  @Override
  public List<ModelName> models(ScopeName scope) {
    return query(
        row -> new ModelName(row.getString(1)),
        "select model from entity where scope = ? union select model from pending where scope = ?"
            + " order by model",
        scope.text(),
        scope.text());
  }

  @Override
  public List<QueuedWrite> pending() {
    return query(SqliteTransaction::write, QUEUE);
  }

  @Override
  public List<QueuedWrite> pending(ScopeName scope, ModelName model) {
    return query(
        SqliteTransaction::write,
        "select " + PENDING + " from pending where scope = ? and model = ? order by number",
        scope.text(),
        model.text());
  }

  @Override
  public List<QueuedWrite> pending(EntityKey key) {
    return query(
        SqliteTransaction::write,
        "select "
            + PENDING
            + " from pending where scope = ? and model = ? and id = ? order by number",
        key.scope().text(),
        key.model().text(),
        key.id().text());
  }

  @Override
  public void put(KnownEntity entity) {
    put("entity", entity);
  }

  private void put(String table, KnownEntity entity) {
    Bytes body = entity.body();
    update(
        "insert or replace into " + table + " (" + ENTITY + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entity.key().scope().text(),
        entity.key().model().text(),
        entity.key().id().text(),
        entity.version(),
        entity.data().text(),
        body == null ? null : body.toArray(),
        entity.createdAt(),
        entity.updatedAt(),
        entity.syncId());
  }

  @Override
  public void remove(EntityKey key) {
    update(
        "delete from entity where scope = ? and model = ? and id = ?",
        key.scope().text(),
        key.model().text(),
        key.id().text());
  }

  @Override
  public void place(ScopeCursor cursor) {
    update(
        "insert or replace into cursor (scope, last_id, last_seq) values (?, ?, ?)",
        cursor.scope().text(),
        cursor.lastId(),
        cursor.lastSeq());
  }

  @Override
  public void forget(ScopeName scope) {
    update("delete from cursor where scope = ?", scope.text());
    update("delete from entity where scope = ?", scope.text());
    update("delete from document_update where scope = ?", scope.text());
    unstage(scope);
  }

  @Override
  public QueuedWrite enqueue(QueuedWrite fresh) {
    if (lastNumber < 0) {
      lastNumber =
          query(
                  row -> row.getLong(1),
                  "select coalesce(max(seq), 0) from sqlite_sequence where name = 'pending'")
              .getFirst();
    }
    lastNumber++; // also when the transaction is given up: a place is never given twice
    QueuedWrite write = fresh.numbered(lastNumber);
    Draft draft = write.draft();
    JsonObject data = draft.data();
    JsonObject seen = write.seen();
    Bytes body = draft.body();
    update(
        "insert into pending (" + PENDING + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        write.number(),
        write.key().text(),
        write.scope().text(),
        write.entity().model().text(),
        write.entity().id().text(),
        draft.action().word(),
        data == null ? null : data.text(),
        draft.expectedVersion(),
        seen == null ? null : seen.text(),
        write.acceptedId(),
        write.decided(),
        body == null ? null : body.toArray(),
        write.restsOn(),
        write.acceptedVersion());
    return write;
  }

  @Override
  public void replace(QueuedWrite write) {
    Draft draft = write.draft();
    JsonObject data = draft.data();
    JsonObject seen = write.seen();
    Bytes body = draft.body();
    update(
        "update pending set key = ?, action = ?, data = ?, body = ?, expected_version = ?,"
            + " seen = ?, rests_on = ?, accepted_id = ?, accepted_version = ?, decided = ?"
            + " where number = ?",
        write.key().text(),
        draft.action().word(),
        data == null ? null : data.text(),
        body == null ? null : body.toArray(),
        draft.expectedVersion(),
        seen == null ? null : seen.text(),
        write.restsOn(),
        write.acceptedId(),
        write.acceptedVersion(),
        write.decided(),
        write.number());
  }

  @Override
  public void amend(long number, Bytes update) {
    update("update pending set body = ? where number = ?", update.toArray(), number);
  }

  @Override
  public List<DocumentUpdate> updates(EntityKey document, long after) {
    return query(
        row -> new DocumentUpdate(row.getLong(1), Bytes.of(row.getBytes(2))),
        "select number, body from document_update"
            + " where scope = ? and model = ? and id = ? and number > ? order by number",
        document.scope().text(),
        document.model().text(),
        document.id().text(),
        after);
  }

  @Override
  public List<EntityKey> documents(ScopeName scope) {
    return query(
        row -> key(row, 1),
        "select distinct scope, model, id from document_update where scope = ?",
        scope.text());
  }

  @Override
  public int keep(EntityKey document, Bytes update) {
    update(
        "insert into document_update (scope, model, id, body) values (?, ?, ?, ?)",
        document.scope().text(),
        document.model().text(),
        document.id().text(),
        update.toArray());
    return query(
            row -> row.getInt(1),
            "select count(*) from document_update where scope = ? and model = ? and id = ?",
            document.scope().text(),
            document.model().text(),
            document.id().text())
        .getFirst();
  }

  @Override
  public void keepOnly(EntityKey document, @Nullable Bytes update) {
    update(
        "delete from document_update where scope = ? and model = ? and id = ?",
        document.scope().text(),
        document.model().text(),
        document.id().text());
    if (update != null) {
      keep(document, update);
    }
  }

  @Override
  public void accept(long number, long changeId, long version) {
    update(
        "update pending set accepted_id = ?, accepted_version = ? where number = ?",
        changeId,
        version,
        number);
  }

  @Override
  public void decide(long number) {
    update("update pending set decided = 1 where number = ?", number);
  }

  @Override
  public void drop(long number) {
    update("delete from pending where number = ?", number);
  }

  @Override
  public void stage(List<KnownEntity> entities) {
    entities.forEach(entity -> put("staged", entity));
  }

  @Override
  public Optional<KnownEntity> staged(EntityKey key) {
    return first(
        query(
            SqliteTransaction::entity,
            "select " + ENTITY + " from staged where scope = ? and model = ? and id = ?",
            key.scope().text(),
            key.model().text(),
            key.id().text()));
  }

  @Override
  public void unstage(ScopeName scope) {
    update("delete from staged where scope = ?", scope.text());
  }

  @Override
  public List<StagedDifference> stagedDifferences(ScopeName scope) {
    String sides = "select " + columns("s") + ", " + columns("e");
    String same = " on e.scope = s.scope and e.model = s.model and e.id = s.id";
    return query(
        SqliteTransaction::difference,
        sides
            + (" from staged s left join entity e" + same)
            + " where s.scope = ? and e.data is not s.data union all "
            + sides
            + (" from entity e left join staged s" + same)
            + " where e.scope = ? and s.id is null",
        scope.text(),
        scope.text());
  }

  private static String columns(String table) {
    return table + "." + ENTITY.replace(", ", ", " + table + ".");
  }

  private static StagedDifference difference(ResultSet row) throws SQLException {
    KnownEntity staged = row.getString(1) == null ? null : entity(row, 1);
    KnownEntity known =
        row.getString(ENTITY_COLUMNS + 1) == null ? null : entity(row, ENTITY_COLUMNS + 1);
    EntityKey key = staged == null ? key(row, ENTITY_COLUMNS + 1) : staged.key();
    return new StagedDifference(key, known, staged);
  }

  @Override
  public void adoptStaged(ScopeName scope) {
    update("delete from entity where scope = ?", scope.text());
    update("insert into entity select * from staged where scope = ?", scope.text());
    unstage(scope);
  }

  private static ScopeCursor cursor(ResultSet row) throws SQLException {
    return new ScopeCursor(new ScopeName(row.getString(1)), row.getLong(2), row.getLong(3));
  }

  private static EntityKey key(ResultSet row, int from) throws SQLException {
    return new EntityKey(
        new ScopeName(row.getString(from)),
        new ModelName(row.getString(from + 1)),
        new EntityId(row.getString(from + 2)));
  }

  private static KnownEntity entity(ResultSet row) throws SQLException {
    return entity(row, 1);
  }

  private static KnownEntity entity(ResultSet row, int from) throws SQLException {
    byte[] body = row.getBytes(from + 5);
    return new KnownEntity(
        key(row, from),
        row.getLong(from + 3),
        JsonDecoder.stored(row.getString(from + 4)),
        body == null ? null : Bytes.of(body),
        row.getLong(from + 6),
        row.getLong(from + 7),
        row.getLong(from + 8));
  }

  static Draft draft(ResultSet row) throws SQLException {
    long expected = row.getLong(8);
    byte[] body = row.getBytes(12);
    return new Draft(
        key(row, 3),
        Action.ofWord(row.getString(6)).orElseThrow(),
        object(row.getString(7)),
        body == null ? null : Bytes.of(body),
        readNull(row, 8) ? null : expected);
  }

  static QueuedWrite write(ResultSet row) throws SQLException {
    return new QueuedWrite(
        row.getLong(1),
        new WriteKey(row.getString(2)),
        draft(row),
        object(row.getString(9)),
        row.getLong(13),
        row.getLong(10),
        row.getLong(14),
        row.getBoolean(11));
  }

  private static boolean readNull(ResultSet row, int column) throws SQLException {
    return row.getObject(column) == null;
  }

  private static @Nullable JsonObject object(@Nullable String text) {
    return text == null ? null : JsonDecoder.stored(text);
  }

  private static <T> Optional<T> first(List<T> rows) {
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  private <T> List<T> query(Row<T> row, String sql, Object... parameters) {
    try (ResultSet found = bound(sql, parameters).executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(row.read(found));
      }
      return rows;
    } catch (SQLException failure) {
      throw broken(sql, failure);
    }
  }

  private void update(String sql, @Nullable Object... parameters) {
    try {
      bound(sql, parameters).executeUpdate();
    } catch (SQLException failure) {
      throw broken(sql, failure);
    }
  }

  private PreparedStatement bound(String sql, @Nullable Object... parameters) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int index = 0; index < parameters.length; index++) {
      statement.setObject(index + 1, parameters[index]);
    }
    return statement;
  }

  /// Begins or ends a transaction.
  void run(String sql) {
    try {
      bound(sql).execute();
    } catch (SQLException failure) {
      throw broken(sql, failure);
    }
  }

  /// Gives up the transaction; what went wrong before counts more than a failure of this.
  void rollBack() {
    try {
      bound("rollback").execute();
    } catch (SQLException alreadyEnded) {
      prepared.remove("rollback");
    }
  }

  void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }

  private static ReplicaFailure broken(String sql, SQLException failure) {
    return new ReplicaFailure(
        "the local copy failed at \"" + sql + "\": " + failure.getMessage(), failure);
  }
}
