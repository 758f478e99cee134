package dev.anabranch.storage;

import dev.anabranch.storage.postgres.PostgresAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Where a database is.
public sealed interface Place {

  /// A data folder with an SQLite file in it.
  ///
  /// @param path the folder; made when it is not there
  record Folder(Path path) implements Place {
    public Folder {
      Objects.requireNonNull(path, "path");
    }
  }

  /// A database of a PostgreSQL server.
  ///
  /// @param address where, and who logs in
  record Postgres(PostgresAddress address) implements Place {

    private static final int PORT = 5432;

    public Postgres {
      Objects.requireNonNull(address, "address");
    }

    private static Postgres parse(URI uri, String environmentPassword) {
      Map<String, String> options = options(uri.getRawQuery());
      String[] login =
          uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
      String user = login.length > 0 ? decode(login[0]) : options.getOrDefault("user", "postgres");
      String password =
          login.length > 1
              ? decode(login[1])
              : options.getOrDefault("password", environmentPassword);
      options.remove("user");
      options.remove("password");
      String path = uri.getPath() == null ? "" : uri.getPath();
      return new Postgres(
          new PostgresAddress(
              uri.getHost() == null ? "" : uri.getHost(),
              uri.getPort() < 0 ? PORT : uri.getPort(),
              path.startsWith("/") ? path.substring(1) : path,
              user,
              password,
              options));
    }

    private static Map<String, String> options(@Nullable String query) {
      Map<String, String> options = new TreeMap<>();
      if (query != null && !query.isEmpty()) {
        for (String option : query.split("&", -1)) {
          int equals = option.indexOf('=');
          options.put(
              decode(equals < 0 ? option : option.substring(0, equals)),
              equals < 0 ? "" : decode(option.substring(equals + 1)));
        }
      }
      return options;
    }

    private static String decode(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// The address without the password.
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /// The place that a text names:
  /// `postgresql://user[:password]@host[:port]/database[?option=value]` (`postgres:` and
  /// `jdbc:postgresql:` too), else a folder.
  ///
  /// @param environmentPassword of `PGPASSWORD`, for an address without a password; may be empty
  /// @throws IllegalArgumentException when an address has the wrong shape; the message leaves out
  ///   the password
  static Place parse(String text, String environmentPassword) {
    String address = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    String scheme = address.toLowerCase(Locale.ROOT);
    if (!scheme.startsWith("postgresql://") && !scheme.startsWith("postgres://")) {
      return new Folder(Path.of(text));
    }
    try {
      return Postgres.parse(URI.create(address), environmentPassword);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "not a database address; write postgresql://user@host:port/database");
    }
  }
}
