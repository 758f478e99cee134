package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.Head;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.OwnName;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What a batch asks, in one round trip: whether it is still this writer's term, which stays so as
/// long as the transaction, the head, and everything looked up.
final class PostgresLookup {

  private static final String HEAD =
      "select m.head_id, m.head_hlc from meta m join lease l on l.one = m.one"
          + " and l.term = m.term where m.one = 1 and m.term = ? for share of m";
  private static final String KEYS =
      " from unnest(?, ?, ?) with ordinality k (scope_id, principal_id, write_key, place) join ";
  private static final String BY_KEY =
      " a on a.scope_id = k.scope_id and a.principal_id = k.principal_id" + " and ";
  private static final String IS_KEY = " = k.write_key";
  private static final String ANSWER =
      "select k.place, a.hash_high, a.hash_low, a.id, a.seq, a.version";
  private static final String ENTITIES =
      "select "
          + EntityRow.COLUMNS
          + ", k.place from unnest(?, ?, ?) with ordinality k (scope_id, model, entity, place)"
          + " join entity e on e.scope_id = k.scope_id and e.model = k.model"
          + " and e.entity = k.entity";
  private static final String DEVICES =
      "select k.place, p.name, d.n, d.base from unnest(?, ?) with ordinality"
          + " k (scope_id, device, place) join device d on d.scope_id = k.scope_id"
          + " and d.device = k.device join principal p on p.principal_id = d.principal_id";
  private static final String CHANGES =
      ANSWER + KEYS + "change" + BY_KEY + OwnName.key("a") + IS_KEY;
  private static final String OUTCOMES =
      ANSWER + ", a.answer" + KEYS + "outcome" + BY_KEY + "a.write_key" + IS_KEY;

  private final Lookup lookup;
  private final BatchNames names;
  private final LoadedBatch into;

  PostgresLookup(Lookup lookup, BatchNames names, LoadedBatch into) {
    this.lookup = lookup;
    this.names = names;
    this.into = into;
  }

  void run(Session session, long term) throws SQLException {
    Trip trip = new Trip().with(HEAD, columns -> columns.single(term));
    List<Taker> takers = new ArrayList<>();
    boolean anyKeys = !lookup.keys().isEmpty();
    if (anyKeys && lookup.inLog()) {
      trip.with(CHANGES, this::keys);
      takers.add(row -> put(row, applied(row)));
    }
    if (anyKeys && lookup.inAnswers()) {
      trip.with(OUTCOMES, this::keys);
      takers.add(this::putOutcome);
    }
    if (!lookup.entities().isEmpty()) {
      trip.with(ENTITIES, this::entities);
      takers.add(this::putEntity);
    }
    if (!lookup.devices().isEmpty()) {
      trip.with(DEVICES, this::devices);
      takers.add(this::putDevice);
    }
    PreparedStatement statement = trip.run(session);
    head(statement.getResultSet(), term);
    for (Taker taker : takers) {
      each(statement, taker);
    }
  }

  private void keys(Columns columns) throws SQLException {
    columns
        .numbers(lookup.keys(), key -> names.id(key.scope()))
        .numbers(lookup.keys(), key -> names.id(key.principal()))
        .texts(lookup.keys(), key -> key.key().text());
  }

  private void entities(Columns columns) throws SQLException {
    columns
        .numbers(lookup.entities(), key -> names.id(key.scope()))
        .texts(lookup.entities(), key -> key.model().text())
        .texts(lookup.entities(), key -> key.id().text());
  }

  private void devices(Columns columns) throws SQLException {
    columns
        .numbers(lookup.devices(), device -> names.id(device.scope()))
        .texts(lookup.devices(), device -> device.device().text());
  }

  private void head(ResultSet row, long term) throws SQLException {
    try (row) {
      if (!row.next()) {
        throw new StoreFailure(
            StoreFailure.Kind.FENCED,
            "the lease of term " + term + " was taken by another server; this one writes no more");
      }
      into.head(new Head(row.getLong(1), row.getLong(2)));
    }
  }

  /// Takes a row in.
  @FunctionalInterface
  private interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  private static void each(PreparedStatement statement, Taker taker) throws SQLException {
    statement.getMoreResults();
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        taker.take(rows);
      }
    }
  }

  private static Outcome applied(ResultSet row) throws SQLException {
    return new Outcome.Applied(row.getLong(4), row.getLong(5), row.getLong(6), null);
  }

  private void putOutcome(ResultSet row) throws SQLException {
    String answer = row.getString(7);
    put(row, answer == null ? applied(row) : AnswerText.read(answer, key(row).scope()));
  }

  private void put(ResultSet row, Outcome outcome) throws SQLException {
    into.put(new Remembered(key(row), new WriteHash(row.getLong(2), row.getLong(3)), outcome));
  }

  private Remembered.Name key(ResultSet row) throws SQLException {
    return lookup.keys().get(row.getInt(1) - 1);
  }

  private void putEntity(ResultSet row) throws SQLException {
    into.put(EntityRow.read(row, lookup.entities().get(row.getInt(12) - 1).scope()));
  }

  private void putDevice(ResultSet row) throws SQLException {
    Needs.DeviceName name = lookup.devices().get(row.getInt(1) - 1);
    PrincipalId principal = new PrincipalId(row.getString(2));
    into.put(
        new DeviceState(name.scope(), name.device(), principal, row.getLong(3), row.getLong(4)));
  }
}
