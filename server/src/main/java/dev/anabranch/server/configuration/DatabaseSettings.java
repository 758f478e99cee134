package dev.anabranch.server.configuration;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Section `[database]`: PostgreSQL, when it is not the SQLite file in the data folder.
///
/// @param url `postgresql://user@host:port/name`; empty = SQLite
/// @param password for an address without one; may be empty
/// @param connections how many readers may ask at a time
/// @param cacheBytesMax about how much memory the writer's cache may take
public record DatabaseSettings(
    Optional<String> url, String password, int connections, int cacheBytesMax) {

  public DatabaseSettings {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(password, "password");
  }

  static DatabaseSettings read(Section section) {
    String url = section.text("url", "");
    if (!url.isEmpty() && !url.matches("(jdbc:)?postgres(ql)?://.*")) {
      throw new ConfigurationFailure(
          "[database] url must begin with postgresql://, or be empty for SQLite in the data"
              + " folder");
    }
    String passwordFile = section.text("password_file", "");
    String password = section.text("password", "");
    return new DatabaseSettings(
        Optional.of(url).filter(text -> !text.isEmpty()),
        passwordFile.isEmpty() ? password : contentOf(Path.of(passwordFile)),
        section.number("connections", 4, 1, 64),
        section.number("cache_bytes_max", 64 * 1024 * 1024, 1024 * 1024, Integer.MAX_VALUE));
  }

  private static String contentOf(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new ConfigurationFailure(
          "[database] password_file: " + file + " cannot be read", unreadable);
    }
  }

  /// The address without user, password and options, for people.
  public String shown() {
    return url.map(DatabaseSettings::withoutSecrets).orElse("SQLite");
  }

  private static String withoutSecrets(String url) {
    try {
      URI uri = URI.create(url.replaceFirst("^jdbc:", ""));
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      return "postgresql://" + uri.getHost() + port + uri.getPath();
    } catch (IllegalArgumentException wrong) {
      return "PostgreSQL";
    }
  }

  /// Without the password.
  @Override
  public String toString() {
    return shown() + ", " + connections + " connections, cache " + cacheBytesMax;
  }
}
