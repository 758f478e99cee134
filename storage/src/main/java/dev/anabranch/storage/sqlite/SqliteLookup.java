package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.OwnName;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Looks up many rows with one statement for what they share: the rest of their keys goes in as one
/// flat JSON array, and only what is found comes out.
final class SqliteLookup {

  private static final String PLACE = "select k.key, ";
  static final String CHANGES =
      PLACE
          + "c.hash_high, c.hash_low, c.id, c.seq, c.version from json_each(?) k cross join change"
          + " c where c.scope_id = ? and c.principal_id = ? and "
          + OwnName.key("c")
          + " = k.value and c.bare is null";
  static final String BARE =
      PLACE
          + "c.hash_high, c.hash_low, c.id, c.seq, c.version from json_each(?) k cross join meta"
          + " cross join entity e cross join change c where meta.one = 1 and e.scope_id = ? and"
          + " e.model = meta.bare_model and e.entity = k.value and c.id = e.id and c.bare = 1 and"
          + " c.principal_id = ?";
  private static final String OUTCOMES =
      PLACE
          + "o.hash_high, o.hash_low, o.id, o.seq, o.version, o.answer from json_each(?) k"
          + " cross join outcome o where o.scope_id = ? and o.principal_id = ?"
          + " and o.write_key = k.value";
  private static final String ENTITIES =
      "select "
          + EntityRow.COLUMNS
          + " from json_each(?) k cross join entity e where e.scope_id = ?"
          + " and e.model = ? and e.entity = k.value";

  /// Up to how many entities are asked for one by one.
  private static final int FEW = 4;

  private static final String ENTITY =
      "select "
          + EntityRow.COLUMNS
          + " from entity e where e.scope_id = ? and e.model = ? and e.entity = ?";

  /// How many entities of different scopes one statement asks for.
  private static final int SCATTERED = 16;

  // A null is no scope: what is left of a statement's places finds nothing.
  private static final String SCATTERED_ENTITIES =
      "with k (place, scope_id, model, entity) as (values "
          + IntStream.range(0, SCATTERED)
              .mapToObj(place -> "(" + place + ", ?, ?, ?)")
              .collect(Collectors.joining(", "))
          + ") select "
          + EntityRow.COLUMNS
          + ", k.place from k cross join entity e where e.scope_id = k.scope_id"
          + " and e.model = k.model and e.entity = k.entity";
  private static final String DEVICES =
      PLACE
          + "p.name, d.n, d.base from json_each(?) k cross join device d"
          + " cross join principal p where d.scope_id = ?"
          + " and d.device = k.value and p.principal_id = d.principal_id";

  private final Session session;
  private final BatchNames names;

  SqliteLookup(Session session, BatchNames names) {
    this.session = session;
    this.names = names;
  }

  void answers(Lookup lookup, LoadedBatch into) throws SQLException {
    if (!lookup.inLog() && !lookup.inAnswers()) {
      return;
    }
    for (List<Remembered.Name> alike : alike(lookup.keys(), Writer::of)) {
      Writer writer = Writer.of(alike.getFirst());
      String asked = array(alike, key -> key.key().text());
      if (lookup.inLog()) {
        applied(CHANGES, alike, asked, writer, into);
        if (alike.stream().anyMatch(key -> OwnName.isName(key.key().text()))) {
          applied(BARE, alike, asked, writer, into);
        }
      }
      if (lookup.inAnswers()) {
        try (ResultSet row =
            query(OUTCOMES, asked, names.id(writer.scope()), names.id(writer.principal()))) {
          while (row.next()) {
            Remembered.Name key = alike.get(row.getInt(1));
            String answer = row.getString(7);
            Outcome outcome = answer == null ? applied(row) : AnswerText.read(answer, key.scope());
            into.put(remembered(key, row, outcome));
          }
        }
      }
    }
  }

  private void applied(
      String sql, List<Remembered.Name> alike, String asked, Writer writer, LoadedBatch into)
      throws SQLException {
    long scopeId = names.id(writer.scope());
    long principalId = names.id(writer.principal());
    try (ResultSet row = query(sql, asked, scopeId, principalId)) {
      while (row.next()) {
        into.put(remembered(alike.get(row.getInt(1)), row, applied(row)));
      }
    }
  }

  /// What the keys of one writer in one scope share.
  private record Writer(ScopeName scope, PrincipalId principal) {
    static Writer of(Remembered.Name key) {
      return new Writer(key.scope(), key.principal());
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
    if (keys.size() <= FEW) {
      for (EntityKey key : keys) {
        one(key, into);
      }
      return;
    }
    List<EntityKey> scattered = new ArrayList<>();
    for (List<EntityKey> alike : alike(keys, Kind::of)) {
      if (alike.size() < SCATTERED) {
        scattered.addAll(alike);
      } else {
        ofOneKind(alike, into);
      }
    }
    for (int from = 0; from < scattered.size(); from += SCATTERED) {
      scattered(scattered.subList(from, Math.min(scattered.size(), from + SCATTERED)), into);
    }
  }

  private void one(EntityKey key, LoadedBatch into) throws SQLException {
    PreparedStatement select = session.prepare(ENTITY);
    select.setLong(1, names.id(key.scope()));
    select.setString(2, key.model().text());
    select.setString(3, key.id().text());
    try (ResultSet row = select.executeQuery()) {
      if (row.next()) {
        into.put(EntityRow.read(row, key.scope()));
      }
    }
  }

  private void scattered(List<EntityKey> keys, LoadedBatch into) throws SQLException {
    PreparedStatement select = session.prepare(SCATTERED_ENTITIES);
    for (int place = 0; place < SCATTERED; place++) {
      EntityKey key = place < keys.size() ? keys.get(place) : null;
      if (key == null) {
        select.setNull(3 * place + 1, Types.BIGINT);
      } else {
        select.setLong(3 * place + 1, names.id(key.scope()));
        select.setString(3 * place + 2, key.model().text());
        select.setString(3 * place + 3, key.id().text());
      }
    }
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        into.put(EntityRow.read(row, keys.get(row.getInt(12)).scope()));
      }
    }
  }

  private void ofOneKind(List<EntityKey> alike, LoadedBatch into) throws SQLException {
    Kind kind = Kind.of(alike.getFirst());
    String asked = array(alike, key -> key.id().text());
    try (ResultSet row = query(ENTITIES, asked, names.id(kind.scope()), kind.model().text())) {
      while (row.next()) {
        into.put(EntityRow.read(row, kind.scope()));
      }
    }
  }

  /// What the entities of one model in one scope share.
  private record Kind(ScopeName scope, ModelName model) {
    static Kind of(EntityKey key) {
      return new Kind(key.scope(), key.model());
    }
  }

  void devices(List<Needs.DeviceName> devices, LoadedBatch into) throws SQLException {
    for (List<Needs.DeviceName> alike : alike(devices, Needs.DeviceName::scope)) {
      ScopeName scope = alike.getFirst().scope();
      String asked = array(alike, name -> name.device().text());
      try (ResultSet row = query(DEVICES, asked, names.id(scope))) {
        while (row.next()) {
          Needs.DeviceName name = alike.get(row.getInt(1));
          PrincipalId principal = new PrincipalId(row.getString(2));
          into.put(
              new DeviceState(scope, name.device(), principal, row.getLong(3), row.getLong(4)));
        }
      }
    }
  }

  private static <T, S> Collection<List<T>> alike(List<T> keys, Function<T, S> shared) {
    Map<S, List<T>> alike = new HashMap<>();
    for (T key : keys) {
      alike.computeIfAbsent(shared.apply(key), ignored -> new ArrayList<>()).add(key);
    }
    return alike.values();
  }

  private static <T> String array(List<T> keys, Function<T, String> text) {
    StringBuilder array = new StringBuilder(keys.size() * 40);
    for (T key : keys) {
      array.append(array.isEmpty() ? '[' : ',');
      JsonString.quote(text.apply(key), array);
    }
    return array.append(']').toString();
  }

  private ResultSet query(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    for (int index = 0; index < parameters.length; index++) {
      statement.setObject(index + 1, parameters[index]);
    }
    return statement.executeQuery();
  }
}
