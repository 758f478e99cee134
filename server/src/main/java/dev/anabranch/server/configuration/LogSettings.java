package dev.anabranch.server.configuration;

import java.util.Objects;

/// Section `[log]`: what is written to standard error.
///
/// @param format for people or for programs
/// @param level what is too small to be said
public record LogSettings(Format format, Level level) {

  /// The shape of a line.
  public enum Format {
    TEXT,
    /// One JSON object a line.
    JSON
  }

  /// The least that is written.
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  public LogSettings {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(level, "level");
  }

  static LogSettings read(Section section) {
    return new LogSettings(section.word("format", Format.TEXT), section.word("level", Level.INFO));
  }
}
