package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Effects.Logged;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.BatchRows;
import dev.anabranch.storage.sql.ChangeRow;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.OwnName;
import dev.anabranch.storage.sql.ScopeRow;
import dev.anabranch.storage.sql.StoredProof;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The statements that write the rows of a batch in one round trip: for each table one that takes
/// its columns as arrays.
final class PostgresInserts {

  // Where what they ask for is not so, they divide by zero, and nothing behind them is done. This
  // one waits for a writer who has moved the head and not committed, and looks again behind it.
  private static final String HEAD =
      "with moved as (update meta set head_id = ?, head_hlc = ?"
          + " where one = 1 and term = ? and head_id = ? returning one)"
          + " select 1 / count(*) from moved";
  private static final String UNANSWERED =
      "select 1 / (case when count(*) = 0 then 1 else 0 end) from unnest(?, ?, ?) k (scope_id,"
          + " principal_id, write_key) join outcome o on o.scope_id = k.scope_id"
          + " and o.principal_id = k.principal_id and o.write_key = k.write_key";
  private static final String SCOPE =
      "insert into scope (scope_id, name, head_seq, head_id, floor_seq, floor_id)"
          + " select * from unnest(?, ?, ?, ?, ?, ?) on conflict (scope_id) do update set"
          + " head_seq = excluded.head_seq, head_id = excluded.head_id";
  private static final String PRINCIPAL =
      "insert into principal (principal_id, name) select * from unnest(?, ?)";
  private static final String CHANGE =
      "insert into change (id, scope_id, seq, model, entity, action, version, data, body,"
          + " write_key, hash_high, hash_low, principal_id, device, n, base, hlc, prior, proof,"
          + " origin, at, erased) select * from"
          + " unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String NEW_ENTITY =
      "insert into entity (scope_id, model, entity, version, data, body, rule_state, deleted,"
          + " created_at, updated_at, id, seq) select * from"
          + " unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String ENTITY = NEW_ENTITY + EntityRow.ON_CONFLICT;
  private static final String OUTCOME =
      "insert into outcome (scope_id, principal_id, write_key, hash_high, hash_low, id, seq,"
          + " version, answer) select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String DEVICE =
      "insert into device (scope_id, device, principal_id, n, base) select * from"
          + " unnest(?, ?, ?, ?, ?) on conflict (scope_id, device) do update set"
          + " n = excluded.n, base = excluded.base";
  private final BatchRows rows;
  private final BatchNames names;

  PostgresInserts(BatchRows rows) {
    this.rows = rows;
    this.names = rows.names();
  }

  /// The statements, for the writer of a term.
  Trip trip(long term) {
    Effects effects = rows.effects();
    Trip trip = new Trip();
    trip.with(
        HEAD,
        columns ->
            columns
                .single(effects.headId())
                .single(effects.headHlc())
                .single(term)
                .single(rows.before().id()));
    if (!rows.unanswered().isEmpty()) {
      trip.with(UNANSWERED, columns -> keys(columns, rows.unanswered()));
    }
    List<Entity> inserted = rows.inserted();
    if (!inserted.isEmpty()) {
      trip.with(NEW_ENTITY, columns -> entities(columns, inserted));
    }
    if (!rows.scopes().isEmpty()) {
      trip.with(SCOPE, columns -> scopes(columns, rows.scopes()));
    }
    if (!rows.principals().isEmpty()) {
      trip.with(PRINCIPAL, columns -> principals(columns, rows.principals()));
    }
    if (!effects.logged().isEmpty()) {
      trip.with(CHANGE, columns -> changes(columns, effects.logged()));
    }
    List<Entity> upserted = rows.upserted();
    if (!upserted.isEmpty()) {
      trip.with(ENTITY, columns -> entities(columns, upserted));
    }
    if (!effects.remembered().isEmpty()) {
      trip.with(OUTCOME, columns -> outcomes(columns, effects.remembered()));
    }
    if (!effects.devices().isEmpty()) {
      trip.with(DEVICE, columns -> devices(columns, effects.devices()));
    }
    return trip;
  }

  private void keys(Columns columns, List<Remembered.Name> keys) throws SQLException {
    columns
        .numbers(keys, key -> names.id(key.scope()))
        .numbers(keys, key -> names.id(key.principal()))
        .texts(keys, key -> key.key().text());
  }

  private static void scopes(Columns columns, List<ScopeRow> scopes) throws SQLException {
    columns
        .numbers(scopes, ScopeRow::scopeId)
        .texts(scopes, row -> row.head().scope().text())
        .numbers(scopes, row -> row.head().seq())
        .numbers(scopes, row -> row.head().id())
        .numbers(scopes, row -> row.head().floorSeq())
        .numbers(scopes, row -> row.head().floorId());
  }

  private void principals(Columns columns, List<PrincipalId> principals) throws SQLException {
    columns.numbers(principals, names::id).texts(principals, PrincipalId::text);
  }

  private void changes(Columns columns, List<Logged> logged) throws SQLException {
    List<Change> changes = logged.stream().map(Logged::change).toList();
    columns
        .numbers(changes, Change::id)
        .numbers(changes, change -> names.id(change.scope()))
        .numbers(changes, Change::seq)
        .texts(changes, change -> change.entity().model().text())
        .texts(changes, change -> change.entity().id().text())
        .texts(changes, change -> change.action().word())
        .numbers(changes, Change::version)
        .objects(changes, Change::data)
        .bytes(changes, Change::body)
        .texts(changes, OwnName::keyOf)
        .numbers(logged, one -> one.hash().high())
        .numbers(logged, one -> one.hash().low())
        .numbers(changes, change -> names.id(change.author()))
        .texts(changes, ChangeRow::device)
        .numbers(changes, change -> change.cause().n())
        .numbers(changes, change -> change.cause().base())
        .numbers(changes, Change::hlc)
        .numbers(changes, Change::prior)
        .stored(changes, StoredProof::of)
        .texts(changes, Change::origin)
        .numbers(changes, Change::at)
        .flags(changes, Change::erased);
  }

  private void entities(Columns columns, List<Entity> entities) throws SQLException {
    columns
        .numbers(entities, entity -> names.id(entity.key().scope()))
        .texts(entities, entity -> entity.key().model().text())
        .texts(entities, entity -> entity.key().id().text())
        .numbers(entities, Entity::version)
        .objects(entities, Entity::data)
        .bytes(entities, Entity::body)
        .texts(entities, entity -> OwnName.withoutIn(entity.ruleState(), entity.key().id()))
        .flags(entities, Entity::deleted)
        .numbers(entities, Entity::createdAt)
        .numbers(entities, Entity::updatedAt)
        .numbers(entities, Entity::id)
        .numbers(entities, Entity::seq);
  }

  private void outcomes(Columns columns, List<Remembered> answers) throws SQLException {
    columns
        .numbers(answers, answer -> names.id(answer.of().scope()))
        .numbers(answers, answer -> names.id(answer.of().principal()))
        .texts(answers, answer -> answer.of().key().text())
        .numbers(answers, answer -> answer.hash().high())
        .numbers(answers, answer -> answer.hash().low())
        .numbers(answers, answer -> AnswerText.place(answer.outcome()).id())
        .numbers(answers, answer -> AnswerText.place(answer.outcome()).seq())
        .numbers(answers, answer -> AnswerText.place(answer.outcome()).version())
        .texts(answers, answer -> text(answer.outcome()));
  }

  private static @Nullable String text(Outcome outcome) {
    return AnswerText.write(outcome);
  }

  private void devices(Columns columns, List<DeviceState> devices) throws SQLException {
    columns
        .numbers(devices, device -> names.id(device.scope()))
        .texts(devices, device -> device.device().text())
        .numbers(devices, device -> names.id(device.principal()))
        .numbers(devices, DeviceState::n)
        .numbers(devices, DeviceState::base);
  }
}
