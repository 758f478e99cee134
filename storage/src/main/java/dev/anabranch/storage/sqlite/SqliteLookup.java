package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// Looks up many rows with one statement: the keys go in as one JSON array, and only what is found
/// comes out.
final class SqliteLookup {

  private static final String PLACE = "select k.key, ";
  private static final String CHANGES =
      PLACE
          + "c.hash_high, c.hash_low, c.id, c.seq, c.version from json_each(?) k cross join change"
          + " c where c.scope_id = k.value ->> 0 and c.principal_id = k.value ->> 1 and c.write_key"
          + " = k.value ->> 2";
  private static final String OUTCOMES =
      PLACE
          + "o.hash_high, o.hash_low, o.id, o.seq, o.version, o.answer from json_each(?) k"
          + " cross join outcome o where o.scope_id = k.value ->> 0"
          + " and o.principal_id = k.value ->> 1 and o.write_key = k.value ->> 2";
  private static final String ENTITIES =
      "select "
          + EntityRow.COLUMNS
          + ", k.key from json_each(?) k cross join entity e where e.scope_id = k.value ->> 0"
          + " and e.model = k.value ->> 1 and e.entity = k.value ->> 2";
  private static final String DEVICES =
      PLACE
          + "p.name, d.n, d.base from json_each(?) k cross join device d"
          + " cross join principal p where d.scope_id = k.value ->> 0"
          + " and d.device = k.value ->> 1 and p.principal_id = d.principal_id";

  private final Session session;
  private final BatchNames names;

  SqliteLookup(Session session, BatchNames names) {
    this.session = session;
    this.names = names;
  }

  void answers(List<Remembered.Name> keys, LoadedBatch into) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    StringBuilder array = new StringBuilder(keys.size() * 60);
    for (Remembered.Name key : keys) {
      open(array, names.id(key.scope())).append(names.id(key.principal())).append(',');
      close(array, key.key().text());
    }
    String asked = array.append(']').toString();
    try (ResultSet row = query(CHANGES, asked)) {
      while (row.next()) {
        into.put(remembered(keys.get(row.getInt(1)), row, applied(row)));
      }
    }
    try (ResultSet row = query(OUTCOMES, asked)) {
      while (row.next()) {
        Remembered.Name key = keys.get(row.getInt(1));
        String answer = row.getString(7);
        Outcome outcome = answer == null ? applied(row) : AnswerText.read(answer, key.scope());
        into.put(remembered(key, row, outcome));
      }
    }
  }

  private static Remembered remembered(Remembered.Name key, ResultSet row, Outcome outcome)
      throws SQLException {
    return new Remembered(key, new WriteHash(row.getLong(2), row.getLong(3)), outcome);
  }

  private static Outcome applied(ResultSet row) throws SQLException {
    return new Outcome.Applied(row.getLong(4), row.getLong(5), row.getLong(6), null);
  }

  void entities(List<EntityKey> keys, LoadedBatch into) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    StringBuilder array = new StringBuilder(keys.size() * 60);
    for (EntityKey key : keys) {
      open(array, names.id(key.scope())).append('"').append(key.model()).append("\",");
      close(array, key.id().text());
    }
    try (ResultSet row = query(ENTITIES, array.append(']').toString())) {
      while (row.next()) {
        into.put(EntityRow.read(row, keys.get(row.getInt(12)).scope()));
      }
    }
  }

  void devices(List<Needs.DeviceName> devices, LoadedBatch into) throws SQLException {
    if (devices.isEmpty()) {
      return;
    }
    StringBuilder array = new StringBuilder(devices.size() * 40);
    for (Needs.DeviceName name : devices) {
      close(open(array, names.id(name.scope())), name.device().text());
    }
    try (ResultSet row = query(DEVICES, array.append(']').toString())) {
      while (row.next()) {
        Needs.DeviceName name = devices.get(row.getInt(1));
        PrincipalId principal = new PrincipalId(row.getString(2));
        into.put(
            new DeviceState(
                name.scope(), name.device(), principal, row.getLong(3), row.getLong(4)));
      }
    }
  }

  private static StringBuilder open(StringBuilder array, long scopeId) {
    return array.append(array.isEmpty() ? "[[" : ",[").append(scopeId).append(',');
  }

  private static void close(StringBuilder array, String text) {
    JsonString.quote(text, array);
    array.append(']');
  }

  private ResultSet query(String sql, String array) throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    statement.setString(1, array);
    return statement.executeQuery();
  }
}
