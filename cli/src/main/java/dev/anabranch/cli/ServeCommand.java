package dev.anabranch.cli;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.AccessSettings;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.LogSettings;
import dev.anabranch.server.operations.Logging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Serves until it is told to stop.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves, on an SQLite file in the data folder unless --database says otherwise. SIGTERM and"
            + " Ctrl-C end it in peace, with exit status 0.",
    footer = {
      "",
      "Every setting: docs/anabranch.toml; in the environment ANABRANCH_SECTION__KEY.",
      "",
      "Examples:",
      "  anabranch serve",
      "  anabranch serve --port 9090 --data /var/lib/anabranch",
      "  anabranch serve --config a.toml \\",
      "      --database postgresql://anabranch@localhost/anabranch"
    })
public final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Option(names = "--host", paramLabel = "HOST", description = "Default: 127.0.0.1.")
  private @Nullable String host;

  @Option(names = "--port", paramLabel = "N", description = "Default: 8080; 0 takes a free one.")
  private @Nullable Integer port;

  @Option(names = "--data", paramLabel = "DIR", description = "Default: ./anabranch-data.")
  private @Nullable Path data;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "postgresql://… instead of SQLite; its password belongs into a file that"
              + " ANABRANCH_DATABASE__PASSWORD_FILE names.")
  private @Nullable String database;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Default: ANABRANCH_CONFIG, else none.")
  private @Nullable Path config;

  @Option(
      names = "--json",
      description = "Print the address as one JSON object on standard output, and no welcome.")
  private boolean json;

  private final Surroundings surroundings;
  private final AtomicInteger exitCode = new AtomicInteger();

  /// A command of these surroundings.
  public ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = configuration();
    Logging.configure(configuration.log());
    RunningServer server = Server.start(configuration);
    AddressFile address = AddressFile.write(configuration.server().data(), server.uri());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(server, address, configuration), "stop"));
    welcome(server, configuration);
    return waitFor(server);
  }

  private Configuration configuration() {
    ConfigurationSource source =
        new ConfigurationSource()
            .environment(surroundings.environment())
            .flag("server.host", Optional.ofNullable(host))
            .flag("server.port", Optional.ofNullable(port))
            .flag("server.data", Optional.ofNullable(data))
            .flag("database.url", Optional.ofNullable(database));
    String variable = surroundings.variable("ANABRANCH_CONFIG");
    Path file = config == null && !variable.isEmpty() ? Path.of(variable) : config;
    return (file == null ? source : source.file(file)).read();
  }

  private void welcome(RunningServer server, Configuration configuration) {
    Output output = surroundings.output();
    String url = server.uri().toString();
    if (json) {
      output.value(JsonObject.EMPTY.with("url", url).with("database", place(configuration)), true);
      return;
    }
    if (configuration.log().format() == LogSettings.Format.JSON) {
      return; // its lines are read by a program, and the first says where
    }
    output.remark("Anabranch serves on " + url + ", keeping its log in " + place(configuration));
    output.remark("Try, in another terminal:");
    output.remark(
        "  curl -X POST "
            + url
            + "/api/Note -H 'Content-Type: application/json' \\\n"
            + "    -d '{\"scope\":\"org:demo\",\"id\":\"n1\",\"title\":\"Hello\"}'"
            + header(configuration));
    output.remark("  curl '" + url + "/sync/bootstrap?scope=org:demo'" + header(configuration));
    output.remark("  curl -N '" + url + "/sync/live?scope=org:demo'" + header(configuration));
    output.remark("Ctrl-C ends it.");
  }

  private static String header(Configuration configuration) {
    return configuration.auth().mode() == AccessSettings.Mode.TOKEN
        ? " -H \"Authorization: Bearer $ANABRANCH_TOKEN\""
        : "";
  }

  private static String place(Configuration configuration) {
    return configuration.database().url().isPresent()
        ? configuration.database().shown()
        : configuration.server().data().toString();
  }

  /// Only the loss of the database ends it from inside; everything else comes as a signal.
  private int waitFor(RunningServer server) throws InterruptedException {
    try {
      StoreFailure lost = server.gone().toCompletableFuture().get();
      exitCode.set(CommandFailure.UNREACHABLE);
      surroundings.output().remark("anabranch: the database is lost: " + lost.getMessage());
      return CommandFailure.UNREACHABLE;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("waiting for the end broke off", impossible);
    }
  }

  /// Runs when the process is told to end. The JVM would report the signal as its exit status; a
  /// server that was asked to stop and did has done well.
  private void stop(RunningServer server, AddressFile address, Configuration configuration) {
    int status = exitCode.get();
    try {
      address.close();
      if (!server.drain(Duration.ofMillis(configuration.server().drainMillis()))) {
        LOG.warn("some connections were cut off");
      }
    } catch (RuntimeException failure) {
      LOG.error("stopping broke off", failure);
      status = CommandFailure.NO;
    }
    Runtime.getRuntime().halt(status);
  }

  /// Where the server is, left in its data folder for the commands that ask it.
  private record AddressFile(Optional<Path> file) implements AutoCloseable {

    static AddressFile write(Path folder, URI address) {
      Path file = folder.resolve("address");
      try {
        if (Files.isDirectory(folder)) {
          return new AddressFile(Optional.of(Files.writeString(file, address + "\n")));
        }
      } catch (IOException unwritable) {
        LOG.warn("{} cannot be written: {}", file, unwritable.getMessage());
      }
      return new AddressFile(Optional.empty());
    }

    @Override
    public void close() {
      file.ifPresent(written -> {
        try {
          Files.deleteIfExists(written);
        } catch (IOException stays) {
          LOG.warn("{} cannot be deleted: {}", written, stays.getMessage());
        }
      });
    }
  }
}
