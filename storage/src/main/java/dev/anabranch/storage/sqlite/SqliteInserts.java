package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.BatchRows;
import dev.anabranch.storage.sql.ChangeRow;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.Head;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.OwnName;
import dev.anabranch.storage.sql.ScopeRow;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.StoredProof;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the rows of a batch: one prepared statement for each table.
final class SqliteInserts {

  private static final String SCOPE =
      "insert into scope (scope_id, name, head_seq, head_id, floor_seq, floor_id)"
          + " values (?, ?, ?, ?, ?, ?) on conflict (scope_id) do update set"
          + " head_seq = excluded.head_seq, head_id = excluded.head_id";
  private static final String PRINCIPAL =
      "insert into principal (principal_id, name) values (?, ?)";
  private static final String CHANGE =
      "insert into change (id, scope_id, seq, model, entity, action, version, data, body,"
          + " write_key, hash_high, hash_low, principal_id, device, n, base, hlc, prior, proof,"
          + " origin, at, erased, bare)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String OUTCOME =
      "insert into outcome (scope_id, principal_id, write_key, hash_high, hash_low, id, seq,"
          + " version, answer) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String DEVICE =
      "insert into device (scope_id, device, principal_id, n, base) values (?, ?, ?, ?, ?)"
          + " on conflict (scope_id, device) do update set n = excluded.n, base = excluded.base";
  private static final String META =
      "update meta set head_id = ?, head_hlc = ? where one = 1 and head_id = ?";

  private final Session session;
  private final BatchRows rows;
  private final BatchNames names;
  private BareEntities bare = BareEntities.NONE;

  SqliteInserts(Session session, BatchRows rows) {
    this.session = session;
    this.rows = rows;
    this.names = rows.names();
  }

  /// Writes them all behind the head, which must still be the file's.
  void run() throws SQLException {
    Head before = rows.before();
    Effects effects = rows.effects();
    each(SCOPE, rows.scopes(), SqliteInserts::bind);
    each(PRINCIPAL, rows.principals(), this::bind);
    if (!effects.logged().isEmpty()) {
      bare = BareEntities.of(session, effects); // reads: behind the first row, as below
    }
    each(CHANGE, effects.logged(), this::bind);
    refuseAnswered(); // behind the first row: whoever has read before has to be done again
    each(EntityRow.insert("entity"), rows.inserted(), this::bind);
    bare.moveOn(session, rows.upserted(), names);
    each(EntityRow.upsert("entity"), rows.upserted(), this::bind);
    each(OUTCOME, effects.remembered(), this::bind);
    each(DEVICE, effects.devices(), this::bind);
    if (session.change(META, effects.headId(), effects.headHlc(), before.id()) != 1) {
      throw new StoreFailure(
          StoreFailure.Kind.FENCED,
          "the head is no longer "
              + before.id()
              + ", which this process last wrote: somebody else writes to this database; stop one"
              + " of the two");
    }
  }

  private void refuseAnswered() throws SQLException {
    LoadedBatch found = new LoadedBatch(names);
    if (!rows.unanswered().isEmpty()) {
      new SqliteLookup(session, names)
          .answers(new Lookup(rows.unanswered(), false, true, List.of(), List.of()), found);
    }
    if (found.hasAnswers() || bare.isAnyUsed(session, rows.effects(), names)) {
      throw new SQLIntegrityConstraintViolationException("a key of the batch has its answer");
    }
  }

  /// Sets the parameters of one row.
  @FunctionalInterface
  private interface Binding<T> {
    void set(PreparedStatement statement, T row) throws SQLException;
  }

  private <T> void each(String sql, Iterable<T> values, Binding<T> binding) throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    boolean any = false;
    for (T value : values) {
      binding.set(statement, value);
      statement.addBatch();
      any = true;
    }
    if (any) {
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement insert, ScopeRow row) throws SQLException {
    ScopeHead head = row.head();
    insert.setLong(1, row.scopeId());
    insert.setString(2, head.scope().text());
    insert.setLong(3, head.seq());
    insert.setLong(4, head.id());
    insert.setLong(5, head.floorSeq());
    insert.setLong(6, head.floorId());
  }

  private void bind(PreparedStatement insert, PrincipalId principal) throws SQLException {
    insert.setLong(1, names.id(principal));
    insert.setString(2, principal.text());
  }

  private void bind(PreparedStatement insert, Effects.Logged logged) throws SQLException {
    Change change = logged.change();
    JsonObject data = change.data();
    insert.setLong(1, change.id());
    insert.setLong(2, names.id(change.scope()));
    insert.setLong(3, change.seq());
    insert.setString(4, change.entity().model().text());
    insert.setString(5, change.entity().id().text());
    insert.setString(6, change.action().word());
    insert.setLong(7, change.version());
    insert.setString(8, data == null ? null : data.text());
    setBytes(insert, 9, change.body());
    insert.setString(10, OwnName.keyOf(change));
    insert.setLong(11, logged.hash().high());
    insert.setLong(12, logged.hash().low());
    insert.setLong(13, names.id(change.author()));
    insert.setString(14, ChangeRow.device(change));
    insert.setLong(15, change.cause().n());
    insert.setLong(16, change.cause().base());
    insert.setLong(17, change.hlc());
    insert.setLong(18, change.prior());
    insert.setBytes(19, StoredProof.of(change));
    insert.setString(20, change.origin());
    insert.setLong(21, change.at());
    insert.setInt(22, change.erased() ? 1 : 0);
    if (bare.has(change.id())) {
      insert.setInt(23, 1);
    } else {
      insert.setNull(23, Types.INTEGER);
    }
  }

  private static void setBytes(PreparedStatement insert, int index, @Nullable Bytes bytes)
      throws SQLException {
    insert.setBytes(index, bytes == null ? null : bytes.toArray());
  }

  private void bind(PreparedStatement upsert, Entity entity) throws SQLException {
    long scopeId = names.id(entity.key().scope());
    if (bare.has(entity.id())) {
      EntityRow.bindBare(upsert, scopeId, entity);
    } else {
      EntityRow.bind(upsert, scopeId, entity);
    }
  }

  private void bind(PreparedStatement insert, Remembered answer) throws SQLException {
    ScopeName scope = answer.of().scope();
    insert.setLong(1, names.id(scope));
    insert.setLong(2, names.id(answer.of().principal()));
    insert.setString(3, answer.of().key().text());
    insert.setLong(4, answer.hash().high());
    insert.setLong(5, answer.hash().low());
    Outcome.Applied place = AnswerText.place(answer.outcome());
    insert.setLong(6, place.id());
    insert.setLong(7, place.seq());
    insert.setLong(8, place.version());
    insert.setString(9, AnswerText.write(answer.outcome()));
  }

  private void bind(PreparedStatement upsert, DeviceState device) throws SQLException {
    upsert.setLong(1, names.id(device.scope()));
    upsert.setString(2, device.device().text());
    upsert.setLong(3, names.id(device.principal()));
    upsert.setLong(4, device.n());
    upsert.setLong(5, device.base());
  }
}
