package dev.anabranch.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.toml.TomlMapper;

/// Reads TOML into plain maps, lists and scalars.
final class TomlFile {

  private static final TomlMapper MAPPER = new TomlMapper();
  private static final TypeReference<Map<String, Object>> TABLE = new TypeReference<>() {};

  private static final Set<String> TWICE = Set.of("Duplicate key", "Table redefined");

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
      String sentence = firstLine(wrong.getOriginalMessage());
      String said =
          TWICE.contains(sentence)
              ? " line " + TwiceWritten.find(text, sentence)
              : where(wrong) + ": " + sentence;
      throw new ConfigurationFailure(name + said, wrong);
    }
  }

  /// What stands there twice. The library says it with the place that it has read up to, and
  /// without the name: the first lines of the text that cannot be read for this reason end where it
  /// stands.
  ///
  /// @param line from 1 on
  /// @param statement the lines' text from where it begins
  private record TwiceWritten(int line, String statement) {

    static TwiceWritten find(String text, String sentence) {
      List<String> lines = text.lines().toList();
      int begin = 0;
      for (int end = 1; end < lines.size(); end++) {
        String reason = reasonOf(lines.subList(0, end));
        if (reason.equals(sentence)) {
          break;
        }
        begin = reason.isEmpty() ? end : begin;
      }
      return new TwiceWritten(begin + 1, lines.get(begin).strip());
    }

    private static String reasonOf(List<String> lines) {
      try {
        MAPPER.readValue(String.join("\n", lines), TABLE);
        return "";
      } catch (JacksonException wrong) {
        return firstLine(wrong.getOriginalMessage());
      }
    }

    /// Without the value, which may be a secret.
    private String name() {
      int equals = statement.indexOf('=');
      return statement.startsWith("[") || equals < 0
          ? statement
          : statement.substring(0, equals).strip();
    }

    @Override
    public String toString() {
      boolean inside = statement.matches("[^=]*=\\s*\\{.*");
      return line + ": " + (inside ? "a key of " + name() : name()) + " is written twice";
    }
  }

  private static String where(JacksonException wrong) {
    return wrong.getLocation() == null ? "" : " line " + wrong.getLocation().getLineNr();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("not TOML");
  }
}
