package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.EntityUpsert;
import dev.anabranch.storage.sql.SqlReader.ScopeRow;
import dev.anabranch.storage.sql.Statements;
import dev.anabranch.storage.sql.WriterMemory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;

/// Writes what a batch decided, within its transaction.
final class SqliteEffects implements AutoCloseable {

  private final Connection connection;
  private final SqliteLoaded loaded;
  private final WriterMemory memory;
  private final PreparedStatement insertChange;
  private final PreparedStatement upsertEntity;
  private final PreparedStatement insertOutcome;
  private final PreparedStatement upsertDevice;
  private final PreparedStatement updateScope;
  private final PreparedStatement updateMeta;

  SqliteEffects(Connection connection, SqliteLoaded loaded, WriterMemory memory)
      throws SQLException {
    this.connection = connection;
    this.loaded = loaded;
    this.memory = memory;
    this.insertChange =
        connection.prepareStatement(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                + " ?, ?)");
    this.upsertEntity = connection.prepareStatement(EntityUpsert.into("entity"));
    this.insertOutcome =
        connection.prepareStatement("INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?)");
    this.upsertDevice =
        connection.prepareStatement(
            "INSERT INTO device (scope_id, device, principal_id, n, base) VALUES (?, ?, ?, ?, ?) ON"
                + " CONFLICT (scope_id, device) DO UPDATE SET n = excluded.n, base ="
                + " excluded.base");
    this.updateScope =
        connection.prepareStatement(
            "UPDATE scope SET head_seq = ?, head_id = ? WHERE scope_id = ?");
    this.updateMeta = connection.prepareStatement("UPDATE meta SET head_id = ?, head_hlc = ?");
  }

  void write(Effects effects) throws SQLException {
    for (Effects.Logged logged : effects.logged()) {
      insert(logged);
    }
    for (Entity entity : effects.entities()) {
      EntityUpsert.bind(upsertEntity, scope(entity.key().scope()), entity);
      upsertEntity.executeUpdate();
    }
    for (Remembered answer : effects.remembered()) {
      insert(answer);
    }
    for (DeviceState device : effects.devices()) {
      Statements.bind(
          upsertDevice,
          scope(device.scope()),
          device.device().text(),
          principal(device.principal()),
          device.n(),
          device.base());
      upsertDevice.executeUpdate();
    }
    for (ScopeHead head : effects.scopes()) {
      Statements.bind(updateScope, head.seq(), head.id(), scope(head.scope()));
      updateScope.executeUpdate();
    }
    Statements.bind(updateMeta, effects.headId(), effects.headHlc());
    updateMeta.executeUpdate();
  }

  private void insert(Effects.Logged logged) throws SQLException {
    Change change = logged.change();
    Statements.bind(
        insertChange,
        change.id(),
        scope(change.scope()),
        change.seq(),
        change.entity().model().text(),
        change.entity().id().text(),
        change.action().word(),
        change.version(),
        change.data() == null ? null : change.data().text(),
        array(change.body()),
        change.key().text(),
        logged.hash().high(),
        logged.hash().low(),
        principal(change.author()),
        change.cause().device().text(),
        change.cause().n(),
        change.cause().base(),
        change.hlc(),
        change.prior(),
        array(change.proof()),
        change.origin(),
        change.at(),
        change.erased());
    insertChange.executeUpdate();
  }

  private void insert(Remembered answer) throws SQLException {
    Statements.bind(
        insertOutcome,
        scope(answer.of().scope()),
        principal(answer.of().principal()),
        answer.of().key().text(),
        answer.hash().high(),
        answer.hash().low(),
        AnswerText.of(answer.outcome()));
    insertOutcome.executeUpdate();
  }

  private static byte @org.jspecify.annotations.Nullable [] array(
      @org.jspecify.annotations.Nullable Bytes bytes) {
    return bytes == null ? null : bytes.toArray();
  }

  private long scope(ScopeName name) throws SQLException {
    ScopeRow known = loaded.scopeRow(name);
    if (known != null) {
      return known.number();
    }
    long number =
        insertName(
            "INSERT INTO scope (name, head_seq, head_id, floor_seq, floor_id)"
                + " VALUES (?, 0, 0, 0, 0)",
            name.text());
    memory.learn(new ScopeRow(number, ScopeHead.empty(name)));
    return number;
  }

  private long principal(PrincipalId principal) throws SQLException {
    Long known = loaded.principal(principal);
    if (known != null) {
      return known;
    }
    long number = insertName("INSERT INTO principal (name) VALUES (?)", principal.text());
    memory.learn(principal, number);
    return number;
  }

  private long insertName(String sql, String name) throws SQLException {
    Statements.update(connection, sql, name);
    try (ResultSet row =
        Objects.requireNonNull(connection.createStatement())
            .executeQuery("SELECT last_insert_rowid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    insertChange.close();
    upsertEntity.close();
    insertOutcome.close();
    upsertDevice.close();
    updateScope.close();
    updateMeta.close();
  }
}
