package dev.anabranch.server.configuration;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Where a configuration comes from: flags over the environment over a file over the defaults.
public final class ConfigurationSource {

  private static final String PREFIX = "ANABRANCH_";
  private static final String SEPARATOR = "__";

  private final Map<String, String> flags = new LinkedHashMap<>();
  private Map<String, String> environment = Map.of();
  private @Nullable Path file;

  /// Nothing but the defaults.
  public ConfigurationSource() {}

  /// With a file.
  public ConfigurationSource file(Path path) {
    this.file = path;
    return this;
  }

  /// With variables of the environment; those that do not look like `ANABRANCH_SECTION__KEY` are
  /// somebody else's.
  public ConfigurationSource environment(Map<String, String> variables) {
    this.environment = new TreeMap<>(variables);
    return this;
  }

  /// With a flag that was given.
  ///
  /// @param setting `section.key`
  public ConfigurationSource flag(String setting, Optional<?> value) {
    value.ifPresent(given -> flags.put(setting, given.toString()));
    return this;
  }

  /// The configuration.
  ///
  /// @throws ConfigurationFailure with a sentence for the operator when it cannot be used
  public Configuration read() {
    return Configuration.read(sections());
  }

  Sections sections() {
    Sections sections = new Sections();
    addFile(sections);
    addEnvironment(sections);
    flags.forEach((setting, value) -> {
      int dot = setting.indexOf('.');
      String key = setting.substring(dot + 1);
      sections.put(setting.substring(0, dot), key, new Sourced(value, "--" + key));
    });
    return sections;
  }

  private void addFile(Sections sections) {
    if (file == null) {
      return;
    }
    String name = String.valueOf(file.getFileName());
    TomlFile.read(file)
        .forEach((section, table) -> {
          if (!(table instanceof Map<?, ?> keys)) {
            throw new ConfigurationFailure(
                name + ": " + section + " stands outside a section, such as [server]");
          }
          sections.declare(section, name);
          Section.sourced(keys, name).forEach((key, value) -> sections.put(section, key, value));
        });
  }

  private void addEnvironment(Sections sections) {
    String password = environment.get("PGPASSWORD"); // as every PostgreSQL client takes it
    if (password != null) {
      sections.put("database", "password", new Sourced(password, "PGPASSWORD"));
    }
    environment.forEach((variable, value) -> {
      int split = variable.indexOf(SEPARATOR, PREFIX.length());
      if (variable.startsWith(PREFIX) && split > 0) {
        String section = variable.substring(PREFIX.length(), split).toLowerCase(Locale.ROOT);
        String key = variable.substring(split + SEPARATOR.length()).toLowerCase(Locale.ROOT);
        sections.put(section, key, new Sourced(value, variable));
      }
    });
  }
}
