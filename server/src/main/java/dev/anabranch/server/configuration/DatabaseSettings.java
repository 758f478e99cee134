package dev.anabranch.server.configuration;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Section `[database]`: PostgreSQL, when it is not the SQLite file in the data folder.
///
/// @param url `postgresql://user:password@host:port/name`; empty = SQLite
/// @param passwordFile a file that holds the password, so that the address need not; empty = none
/// @param connections connections that readers share
public record DatabaseSettings(Optional<String> url, Optional<Path> passwordFile, int connections) {

  public DatabaseSettings {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(passwordFile, "passwordFile");
  }

  static DatabaseSettings read(Section section) {
    String url = section.text("url", "");
    if (!url.isEmpty() && !url.startsWith("postgresql://") && !url.startsWith("postgres://")) {
      throw new ConfigurationFailure(
          "[database] url must begin with postgresql://, or be empty for SQLite in the data"
              + " folder");
    }
    return new DatabaseSettings(
        Optional.of(url).filter(text -> !text.isEmpty()),
        Optional.of(section.text("password_file", ""))
            .filter(text -> !text.isEmpty())
            .map(Path::of),
        section.number("connections", 8, 1, 200));
  }

  /// The address without user and password, for logs.
  public String shown() {
    return url.map(DatabaseSettings::withoutSecrets).orElse("SQLite");
  }

  private static String withoutSecrets(String url) {
    URI uri = URI.create(url);
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return "postgresql://" + uri.getHost() + port + uri.getPath();
  }
}
