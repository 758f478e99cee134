package dev.anabranch.storage.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// Copies every table from one database to another of either kind: both have the same columns, but
/// for marks that wait and bare entities, which are SQLite's alone.
public final class TableCopy {

  private static final int ROWS = 500;

  /// The tables in which marks are found, but for the words: of each its columns.
  public static final SequencedMap<String, String> MARKS = marks();

  private static final SequencedMap<String, String> TABLES = tables();

  private TableCopy() {}

  private static SequencedMap<String, String> marks() {
    SequencedMap<String, String> tables = new LinkedHashMap<>();
    tables.put("mark", "id, tie, author, kind, time, expires_at, tags");
    tables.put("mark_tag", "tag, time, tie, id, kind, author");
    return Collections.unmodifiableSequencedMap(tables);
  }

  private static SequencedMap<String, String> tables() {
    String entity =
        "scope_id, model, entity, version, data, body, rule_state, deleted, created_at,"
            + " updated_at, id, seq";
    SequencedMap<String, String> tables = new LinkedHashMap<>();
    tables.put("meta", "one, epoch, head_id, head_hlc");
    tables.put("restore_point", "epoch, head_id, begins_after");
    tables.put("principal", "principal_id, name");
    tables.put("scope", "scope_id, name, head_seq, head_id, floor_seq, floor_id");
    tables.put(
        "change",
        "id, scope_id, seq, model, entity, action, version, data, body, write_key, hash_high,"
            + " hash_low, principal_id, device, n, base, hlc, prior, proof, origin, at, erased");
    tables.put("entity", entity);
    tables.put("floor_entity", entity);
    tables.put(
        "outcome",
        "scope_id, principal_id, write_key, hash_high, hash_low, id, seq, version, answer");
    tables.put("device", "scope_id, device, principal_id, n, base");
    tables.putAll(MARKS);
    tables.put("mark_proof", "id, proof");
    tables.put("model_rule", "model, rule");
    tables.put(
        "credential",
        "kind, public_id, principal, secret_hash, authority, label, created_at, expires_at,"
            + " revoked_at");
    return Collections.unmodifiableSequencedMap(tables);
  }

  /// Whether nothing was ever written to a database.
  public static boolean isEmpty(Session session) throws SQLException {
    String any =
        "select (select count(*) from scope) + (select count(*) from credential)"
            + " + (select abs(epoch) from meta)";
    return Objects.requireNonNull(session.first(any, row -> row.getLong(1))) == 0;
  }

  /// Copies everything into an empty database. Both sessions are in a transaction, and neither is
  /// committed.
  public static void everything(Session from, Session to) throws SQLException {
    to.change("delete from meta");
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      copy(from, to, table.getKey(), table.getValue());
    }
  }

  /// Sorts marks that wait in a backup into the indexes of another database, in which none waits.
  ///
  /// @param queries of the other one
  public static void waitingMarks(Session from, Session to, MarkQueries queries)
      throws SQLException {
    new MarkIndexes(queries).apply(to, WaitingBatches.all(from));
  }

  /// Bare entities are written out on the way, for the copy's changes do not say that theirs are.
  private static String read(String table, String columns) {
    return table.equals("entity") ? "scope_id, " + EntityRow.COLUMNS : columns;
  }

  /// Copies the rows of one table.
  ///
  /// @param columns which, separated by commas
  private static void copy(Session from, Session to, String table, String columns)
      throws SQLException {
    int width = columns.split(",", -1).length;
    PreparedStatement select =
        from.prepare("select " + read(table, columns) + " from " + table + " e");
    select.setFetchSize(ROWS);
    PreparedStatement insert =
        to.prepare(
            "insert into "
                + table
                + " ("
                + columns
                + ") values (?"
                + ", ?".repeat(width - 1)
                + ")");
    try (ResultSet rows = select.executeQuery()) {
      for (int waiting = 0; rows.next(); ) {
        for (int column = 1; column <= width; column++) {
          insert.setObject(column, rows.getObject(column));
        }
        insert.addBatch();
        if (++waiting == ROWS) {
          insert.executeBatch();
          waiting = 0;
        }
      }
    }
    insert.executeBatch();
  }
}
