package dev.anabranch.storage.postgres;

import java.util.Map;
import java.util.Objects;

/// Where a database of a PostgreSQL server is, and who logs in.
///
/// @param host name or address
/// @param port 1–65535
/// @param database its name; it must be there already
/// @param user who logs in
/// @param password empty when the server asks for none; never shown or logged
/// @param options more connection parameters of the driver, such as `sslmode`
public record PostgresAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    Map<String, String> options) {

  public PostgresAddress {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    if (host.isEmpty() || port < 1 || port > 65_535 || database.isEmpty()) {
      throw new IllegalArgumentException(
          "not a database: host " + host + ", port " + port + ", database " + database);
    }
    options = Map.copyOf(options);
  }

  /// The address without the password.
  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
