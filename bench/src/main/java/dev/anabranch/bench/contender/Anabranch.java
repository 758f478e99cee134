package dev.anabranch.bench.contender;

import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Anabranch itself, started as its users start it.
public final class Anabranch implements Contender {
  /// The command that is followed by `serve`, words separated by spaces; the default is the
  /// launcher.
  public static final String COMMAND_PROPERTY = "anabranch.bench.command";

  /// More arguments for `serve`, words separated by spaces.
  public static final String OPTIONS_PROPERTY = "anabranch.bench.options";

  private static final String JAR = "anabranch.jar";
  // The launcher's, in its order: a start-up cache serves only the options that it was made with.
  private static final List<String> JVM_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx1g");

  // All callers are one principal of one machine here; what is measured is the server, not its
  // manners.
  private static final Map<String, String> UNLIMITED =
      Map.ofEntries(
          Map.entry("ANABRANCH_REQUESTS__PER_SECOND", "1000000"),
          Map.entry("ANABRANCH_REQUESTS__BURST", "1000000"),
          Map.entry("ANABRANCH_REQUESTS__WRITES_PER_SECOND", "10000000"),
          Map.entry("ANABRANCH_REQUESTS__WRITES_BURST", "10000000"),
          Map.entry("ANABRANCH_DOCUMENTS__FRAMES_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__FRAMES_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__EVENTS_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__ADDRESS_EVENTS_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__AUTHOR_EVENTS_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__REQUESTS_PER_SECOND", "0"),
          Map.entry("ANABRANCH_NOSTR__ADDRESS_REQUESTS_PER_SECOND", "0"));

  private final @Nullable String database;
  private final String name;

  private Anabranch(String name, @Nullable String database) {
    this.name = name;
    this.database = database;
  }

  /// On its own SQLite file.
  public static Anabranch onSqlite() {
    return new Anabranch("Anabranch", null);
  }

  /// On a PostgreSQL database, given as `postgresql://…`.
  public static Anabranch onPostgres(String url) {
    return new Anabranch("Anabranch on PostgreSQL", url);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public AnabranchServer launch(Path folder) {
    return launch(folder, Ports.free());
  }

  /// Starts it on a given port, on whatever `folder` holds already.
  public AnabranchServer launch(Path folder, int port) {
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of("serve", "--port", Integer.toString(port), "--data", folder.toString()));
    if (database != null) {
      command.addAll(List.of("--database", database));
    }
    command.addAll(words(System.getProperty(OPTIONS_PROPERTY, "")));
    ServerProcess.Plan plan = new ServerProcess.Plan(name, command, UNLIMITED, folder, port);
    return new AnabranchServer(ServerProcess.start(plan, () -> AnabranchServer.isReady(port)));
  }

  private static List<String> command() {
    return Optional.ofNullable(System.getProperty(COMMAND_PROPERTY))
        .map(Anabranch::words)
        .or(Anabranch::built)
        .orElseThrow(() ->
            new Unavailable(
                "no Anabranch built here: run ./anabranch once, or name a command with -D"
                    + COMMAND_PROPERTY));
  }

  // The program that runs the bench comes first, so that what is measured is what was asked.
  private static Optional<List<String>> built() {
    return Stream.of(
            Path.of(System.getProperty("java.class.path", "")),
            Path.of("target/launcher/current", JAR),
            Path.of("../target/launcher/current", JAR),
            Path.of("cli/target", JAR),
            Path.of("../cli/target", JAR))
        .filter(path -> path.endsWith(JAR) && Files.isRegularFile(path))
        .findFirst()
        .map(jar -> javaCommand(jar.toAbsolutePath()));
  }

  // As the launcher does it, its start-up cache included.
  private static List<String> javaCommand(Path jar) {
    List<String> command = new ArrayList<>(List.of(Commands.java()));
    Path cache = jar.resolveSibling("anabranch.aot");
    if (Files.isRegularFile(cache)) {
      command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }
}
