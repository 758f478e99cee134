package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table `credential`. It names principals by their text, so that it can be written beside the
/// log's writer, also by another process.
public final class SqlCredentials implements Credentials {

  private static final String COLUMNS =
      "kind, public_id, principal, secret_hash, authority, label, created_at, expires_at,"
          + " revoked_at";

  private static final String IN_ITS_PLACE =
      " on conflict (kind, public_id) do update set principal = excluded.principal,"
          + " secret_hash = excluded.secret_hash, authority = excluded.authority,"
          + " label = excluded.label, created_at = excluded.created_at,"
          + " expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";

  /// One statement for any number of values.
  private static final String AMONG =
      " in (" + String.join(",", Collections.nCopies(ASKED_MAX, "?")) + ")";

  private static final String OF = "select " + COLUMNS + " from credential where ";
  private static final String BY_ID = OF + "kind = ? and public_id" + AMONG + " limit ?";

  // The kind is no longer the primary key's, which would lure SQLite into reading all of it.
  private static final String OF_KIND = OF + "kind || '' = ? and principal";
  private static final String IN_ORDER = " order by public_id limit ?";
  static final String OF_ONE = OF_KIND + " = ?" + IN_ORDER;
  static final String OF_SOME = OF_KIND + AMONG + IN_ORDER;

  private final Readers readers;
  private final Transactions writer;

  /// Runs short writing transactions of its own.
  @FunctionalInterface
  public interface Transactions {

    /// Runs one, durable on return.
    <T> T run(Work<T> work);
  }

  /// Credentials that are read and written like this.
  public SqlCredentials(Readers readers, Transactions writer) {
    this.readers = Objects.requireNonNull(readers);
    this.writer = Objects.requireNonNull(writer);
  }

  @Override
  public void add(Credential credential) {
    insert(credential, "");
  }

  @Override
  public void put(Credential credential) {
    insert(credential, IN_ITS_PLACE);
  }

  @Override
  public boolean putUnlessRevoked(Credential credential) {
    return insert(credential, IN_ITS_PLACE + " where credential.revoked_at is null") > 0;
  }

  private int insert(Credential credential, String unlessNew) {
    return writer.run(session -> {
      PreparedStatement insert =
          session.prepare(
              "insert into credential ("
                  + COLUMNS
                  + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  + unlessNew);
      Bytes hash = credential.secretHash();
      insert.setString(1, credential.kind());
      insert.setString(2, credential.publicId());
      insert.setString(3, credential.principal().text());
      insert.setBytes(4, hash == null ? null : hash.toArray());
      insert.setString(5, text(credential.authority()));
      insert.setString(6, credential.label());
      insert.setLong(7, credential.createdAt());
      setMillis(insert, 8, credential.expiresAt());
      setMillis(insert, 9, credential.revokedAt());
      return insert.executeUpdate();
    });
  }

  private static void setMillis(PreparedStatement statement, int index, @Nullable Long millis)
      throws SQLException {
    if (millis == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, millis);
    }
  }

  @Override
  public Optional<Credential> find(String kind, String publicId) {
    return readers.read(session ->
        Optional.ofNullable(
            session.first(
                "select " + COLUMNS + " from credential where kind = ? and public_id = ?",
                SqlCredentials::read,
                kind,
                publicId)));
  }

  @Override
  public List<Credential> of(String kind, PrincipalId principal, int countMax) {
    return readers.read(session -> all(session.bind(OF_ONE, kind, principal.text(), countMax)));
  }

  @Override
  public List<Credential> find(String kind, Set<String> publicIds) {
    return among(BY_ID, kind, publicIds, Integer.MAX_VALUE);
  }

  @Override
  public List<Credential> of(String kind, Set<PrincipalId> principals, int countMax) {
    return among(OF_SOME, kind, principals.stream().map(PrincipalId::text).toList(), countMax);
  }

  private List<Credential> among(
      String query, String kind, Collection<String> values, int countMax) {
    if (values.isEmpty()) {
      return List.of();
    }
    List<Object> parameters = new ArrayList<>(List.of(kind));
    parameters.addAll(values);
    while (parameters.size() <= ASKED_MAX) {
      parameters.add(parameters.getLast()); // says nothing new
    }
    parameters.add(countMax);
    return readers.read(session -> all(session.bind(query, parameters.toArray())));
  }

  @Override
  public List<Credential> list(String kind, int countMax) {
    return readers.read(session ->
        all(
            session.bind(
                "select "
                    + COLUMNS
                    + " from credential where kind = ? order by created_at, public_id limit ?",
                kind,
                countMax)));
  }

  @Override
  public boolean any(String kind) {
    return readers.read(session ->
        session.first("select 1 from credential where kind = ? limit 1", row -> 1, kind) != null);
  }

  private static List<Credential> all(PreparedStatement select) throws SQLException {
    List<Credential> credentials = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        credentials.add(read(rows));
      }
    }
    return credentials;
  }

  @Override
  public boolean revoke(String kind, String publicId, long atMillis) {
    return writer.run(session ->
        session.change(
                "update credential set revoked_at = ? where kind = ? and public_id = ?"
                    + " and revoked_at is null and (expires_at is null or expires_at > ?)",
                atMillis,
                kind,
                publicId,
                atMillis)
            > 0);
  }

  private static Credential read(ResultSet row) throws SQLException {
    return new Credential(
        row.getString(1),
        row.getString(2),
        new PrincipalId(row.getString(3)),
        ChangeRow.bytes(row.getBytes(4)),
        authority(JsonDecoder.stored(row.getString(5))),
        row.getString(6),
        row.getLong(7),
        millis(row, 8),
        millis(row, 9));
  }

  private static @Nullable Long millis(ResultSet row, int index) throws SQLException {
    long millis = row.getLong(index);
    return row.wasNull() ? null : millis;
  }

  private static String text(Authority authority) {
    List<Json> scopes = new ArrayList<>();
    authority.scopes().forEach(pattern -> scopes.add(new JsonString(pattern.text())));
    return JsonObject.EMPTY
        .with("scopes", new JsonArray(scopes))
        .with("ceiling", authority.ceiling().word())
        .with("mayCreate", JsonBoolean.of(authority.mayCreate()))
        .with("ownsServer", JsonBoolean.of(authority.ownsServer()))
        .text();
  }

  private static Authority authority(JsonObject text) {
    List<ScopePattern> scopes = new ArrayList<>();
    if (text.get("scopes") instanceof JsonArray(List<Json> values)) {
      values.forEach(value -> scopes.add(new ScopePattern(((JsonString) value).value())));
    }
    return new Authority(
        scopes,
        text.string("ceiling").flatMap(Right::ofWord).orElseThrow(),
        text.get("mayCreate") == JsonBoolean.TRUE,
        text.get("ownsServer") == JsonBoolean.TRUE);
  }
}
