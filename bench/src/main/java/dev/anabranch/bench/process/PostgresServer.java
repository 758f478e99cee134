package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A PostgreSQL of the bench's own, durable as in production, that can be killed and started again.
public final class PostgresServer implements AutoCloseable {
  private static final String USER = "postgres";

  private final Path binaries;
  private final Path folder;
  private final int port;
  private ServerProcess process;

  private PostgresServer(Path binaries, Path folder, int port) {
    this.binaries = binaries;
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  /// Makes a cluster in `folder` and starts it.
  public static PostgresServer start(Path binaries, Path folder) {
    List<String> initialise =
        List.of(
            binaries.resolve("initdb").toString(),
            "--pgdata=data",
            "--username=" + USER,
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C");
    Commands.run(folder, unprivileged(initialise));
    return new PostgresServer(binaries, folder, Ports.free());
  }

  // PostgreSQL refuses to run as root; in a user namespace of its own root is nobody.
  private static List<String> unprivileged(List<String> command) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return command;
    }
    List<String> wrapped = new ArrayList<>(List.of("unshare", "-U"));
    wrapped.addAll(command);
    return wrapped;
  }

  private ServerProcess launch() {
    List<String> command =
        List.of(
            binaries.resolve("postgres").toString(),
            "-D",
            "data",
            "-p",
            Integer.toString(port),
            "-h",
            "127.0.0.1",
            "-k",
            folder.toAbsolutePath().toString(),
            "-c",
            "fsync=on",
            "-c",
            "synchronous_commit=on",
            "-c",
            "shared_buffers=256MB",
            "-c",
            "max_wal_size=4GB");
    return ServerProcess.start(
        new ServerProcess.Plan("PostgreSQL", unprivileged(command), Map.of(), folder, port),
        this::answers);
  }

  private boolean answers() {
    try (Connection _ = connect("postgres")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database));
  }

  /// The JDBC address of a database, user included.
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /// The same as a `postgresql://` address, which is what `serve --database` takes.
  public String address(String database) {
    return "postgresql://" + USER + "@127.0.0.1:" + port + "/" + database;
  }

  /// Makes an empty database.
  public void create(String database) {
    execute("postgres", "create database " + database);
  }

  /// Runs one statement.
  public void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new BenchFailure("PostgreSQL refused: " + sql, e);
    }
  }

  /// Where it listens.
  public int port() {
    return port;
  }

  /// The user that may do everything.
  public String user() {
    return USER;
  }

  /// Kills every process of it at once and starts it on the same files.
  public void killAndRestart() {
    process.kill();
    process = launch();
  }

  @Override
  public void close() {
    // SIGQUIT would be "immediate", SIGTERM waits for clients that may never leave.
    process.kill();
  }
}
