package dev.anabranch.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A PostgreSQL server for tests: one for the whole JVM, started at the first use.
public final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /// Makes an empty database; the test is skipped, with the reason, when no server can start.
  ///
  /// @return its JDBC address, with user and password
  public static String freshDatabase() {
    Server server = Server.ONLY;
    Assumptions.assumeTrue(server.postgres != null, () -> server.trouble);
    EmbeddedPostgres postgres = Objects.requireNonNull(server.postgres);
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException failure) {
      throw new IllegalStateException("no database " + name + " could be made", failure);
    }
    return postgres.getJdbcUrl("postgres", name);
  }

  private static final class Server {

    static final Server ONLY = new Server();

    final @Nullable EmbeddedPostgres postgres;
    final String trouble;

    private Server() {
      EmbeddedPostgres started = null;
      String reason = "";
      try {
        started = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        EmbeddedPostgres running = started;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(running)));
      } catch (IOException | RuntimeException failure) {
        reason = "skipped, because PostgreSQL could not be started here: " + failure;
      }
      postgres = started;
      trouble = reason;
    }

    private static void close(EmbeddedPostgres postgres) {
      try {
        postgres.close();
      } catch (IOException failure) {
        System.err.println("PostgreSQL did not stop: " + failure);
      }
    }
  }
}
