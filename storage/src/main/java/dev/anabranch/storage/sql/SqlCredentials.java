package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Credentials in the table `credential`.
public final class SqlCredentials implements Credentials {

  private static final String SELECT =
      "SELECT kind, public_id, principal, secret_hash, authority, label, created_at, expires_at,"
          + " revoked_at FROM credential ";

  private final DataSource connections;
  private final Failures failures;

  /// Credentials over connections that may write, with auto-commit off.
  public SqlCredentials(DataSource connections, Failures failures) {
    this.connections = connections;
    this.failures = failures;
  }

  @Override
  public void add(Credential credential) {
    Bytes hash = credential.secretHash();
    int unused =
        ask(connection ->
            Statements.update(
                connection,
                "INSERT INTO credential (kind, public_id, principal, secret_hash, authority, label,"
                    + " created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                credential.kind(),
                credential.publicId(),
                credential.principal().text(),
                hash == null ? null : hash.toArray(),
                AuthorityText.of(credential.authority()),
                credential.label(),
                credential.createdAt(),
                credential.expiresAt(),
                credential.revokedAt()));
  }

  @Override
  public Optional<Credential> find(String kind, String publicId) {
    return ask(connection ->
        Statements.first(
            connection,
            SELECT + "WHERE kind = ? AND public_id = ?",
            SqlCredentials::credential,
            kind,
            publicId));
  }

  @Override
  public List<Credential> list(String kind, int countMax) {
    return ask(connection ->
        Statements.list(
            connection,
            SELECT + "WHERE kind = ? ORDER BY created_at, public_id LIMIT ?",
            SqlCredentials::credential,
            kind,
            countMax));
  }

  @Override
  public boolean revoke(String kind, String publicId, long atMillis) {
    return ask(connection ->
        Statements.update(
            connection,
            "UPDATE credential SET revoked_at = ? WHERE kind = ? AND public_id = ?"
                + " AND revoked_at IS NULL",
            atMillis,
            kind,
            publicId))
        > 0;
  }

  private <T> T ask(SqlReader.Question<T> question) {
    try (Connection connection = connections.getConnection()) {
      T answer = question.ask(connection);
      connection.commit();
      return answer;
    } catch (SQLException exception) {
      throw failures.of(exception);
    }
  }

  private static Credential credential(ResultSet row) throws SQLException {
    return new Credential(
        row.getString(1),
        row.getString(2),
        new PrincipalId(row.getString(3)),
        ChangeRow.bytes(row.getBytes(4)),
        AuthorityText.parse(row.getString(5)),
        row.getString(6),
        row.getLong(7),
        number(row, 8),
        number(row, 9));
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }
}
