package dev.anabranch.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.toml.TomlMapper;

/// Reads TOML into plain maps, lists and scalars.
final class TomlFile {

  private static final TomlMapper MAPPER = new TomlMapper();
  private static final TypeReference<Map<String, Object>> TABLE = new TypeReference<>() {};

  private TomlFile() {}

  static Map<String, Object> read(Path file) {
    try {
      return parse(Files.readString(file), file.getFileName().toString());
    } catch (NoSuchFileException absent) {
      throw new ConfigurationFailure("there is no file " + file, absent);
    } catch (IOException unreadable) {
      throw new ConfigurationFailure(
          "the file " + file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  static Map<String, Object> parse(String text, String name) {
    try {
      Map<String, Object> table = MAPPER.readValue(text, TABLE);
      return table == null ? Map.of() : table;
    } catch (JacksonException wrong) {
      throw new ConfigurationFailure(
          name + where(wrong) + ": " + firstLine(wrong.getOriginalMessage()), wrong);
    }
  }

  private static String where(JacksonException wrong) {
    return wrong.getLocation() == null ? "" : " line " + wrong.getLocation().getLineNr();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("not TOML");
  }
}
