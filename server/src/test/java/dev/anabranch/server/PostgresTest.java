package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.testkit.TestPostgres;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server whose PostgreSQL goes away and comes back.
@Timeout(120)
class PostgresTest {

  private static final String DELTA = "/sync/delta?scope=org:1&lastSyncId=";
  private static final int ATTEMPTS = 300;

  private final String database = TestPostgres.freshDatabase();

  private Served serve() {
    Configuration configuration =
        new ConfigurationSource().flag("database.url", Optional.of(database)).read();
    return Served.open(
        Map.of("database.url", database, "reopen.wait_millis_max", "200"),
        Stores.opener(configuration));
  }

  @Test
  void refusesWritesWhileTheDatabaseIsAwayAndGoesOnByItselfWhenItIsBack() throws Exception {
    try (Served served = serve()) {
      assertThat(put(served, "n1").statusCode()).isEqualTo(201);
      Socket follower =
          Socket.open(served, null)
              .say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0}");
      follower.hear("\"live\"");

      shutOut();
      HttpResponse<String> refused = until(served, 503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body()).contains("unavailable");
      HttpResponse<String> ready = served.get("/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("the database is away");
      assertThat(served.get("/healthz").statusCode()).isEqualTo(200);

      letIn();
      assertThat(until(served, 201).statusCode()).isEqualTo(201);
      assertThat(served.get("/sync/bootstrap?scope=org:1").body()).contains("\"n1\"");
      follower.hear("\"late");
      assertThat(served.get("/metrics").body()).contains("anabranch_store_up 1");
    }
  }

  @Test
  void whoeverSawWhatAFailoverLostStartsOver() throws Exception {
    try (Served served = serve()) {
      assertThat(put(served, "n1").statusCode()).isEqualTo(201);
      shutOut();
      until(served, 503);
      inAnotherDatabase("create database standby template " + name());
      letIn();
      until(served, 201);
      assertThat(put(served, "n2").statusCode()).isEqualTo(201);
      String cursor =
          served.get(DELTA + "0").body().replaceAll("(?s).*\"latestSyncId\":(\\d+).*", "$1");
      assertThat(served.get(DELTA + cursor).statusCode()).isEqualTo(200);
      Socket follower =
          Socket.open(served, null)
              .say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":" + cursor + "}");
      follower.hear("\"live\"");

      shutOut();
      inAnotherDatabase("drop database " + name() + " with (force)");
      inAnotherDatabase("alter database standby rename to " + name());
      until(served, 201);
      follower.hear("refetch");
      HttpResponse<String> absent = served.get(DELTA + cursor);
      assertThat(absent.statusCode()).as(absent.body()).isEqualTo(409);
      assertThat(absent.body()).contains("refetch");
      assertThat(served.get("/sync/bootstrap?scope=org:1").body())
          .contains("\"n1\"")
          .doesNotContain("\"n2\"");
    }
  }

  @Test
  void opensAgainWhenItsWritingConnectionIsGoneThoughNobodyWrites() throws Exception {
    try (Served served = serve()) {
      assertThat(put(served, "n1").statusCode()).isEqualTo(201);
      String terms = "select term from lease";
      long term = number(terms);
      assertThat(number("select pg_terminate_backend(backend_pid)::int from lease")).isEqualTo(1);
      for (int attempt = 0; number(terms) == term && attempt < ATTEMPTS; attempt++) {
        pause();
      }
      assertThat(number(terms)).isGreaterThan(term);
      untilReady(served, 200);
    }
  }

  @Test
  void isNotReadyWhileTheDatabaseCanOnlyBeReadThoughNobodyWrites() throws Exception {
    try (Served served = serve()) {
      assertThat(put(served, "n1").statusCode()).isEqualTo(201);
      inAnotherDatabase("alter database " + name() + " set default_transaction_read_only = on");
      end();
      untilReady(served, 503);
      pause();
      assertThat(served.get("/readyz").statusCode()).isEqualTo(503);
      inAnotherDatabase("alter database " + name() + " reset default_transaction_read_only");
      end();
      untilReady(served, 200);
      assertThat(until(served, 201).statusCode()).isEqualTo(201);
    }
  }

  private static void untilReady(Served served, int status) {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      if (served.get("/readyz").statusCode() == status) {
        return;
      }
      pause();
    }
    assertThat(served.get("/readyz").statusCode()).isEqualTo(status);
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database);
        ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void endsWhenAnotherServerTakesTheDatabaseOverThoughNobodyWrites() throws Exception {
    try (Served served = serve()) {
      assertThat(put(served, "n1").statusCode()).isEqualTo(201);
      try (Connection connection = DriverManager.getConnection(database);
          Statement statement = connection.createStatement()) {
        statement.execute("update lease set term = term + 1");
      }
      assertThat(served.server().gone().toCompletableFuture().get().kind())
          .isEqualTo(StoreFailure.Kind.FENCED);
    }
  }

  /// Writes until the answer is the expected one.
  private static HttpResponse<String> until(Served served, int status) {
    HttpResponse<String> answer = put(served, "late0");
    for (int attempt = 1; answer.statusCode() != status && attempt < ATTEMPTS; attempt++) {
      pause();
      answer = put(served, "late" + attempt);
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer;
  }

  private static void pause() {
    new CompletableFuture<Boolean>().completeOnTimeout(true, 100, TimeUnit.MILLISECONDS).join();
  }

  private static HttpResponse<String> put(Served served, String id) {
    return served.post("/api/Note", "{\"scope\":\"org:1\",\"id\":\"" + id + "\",\"a\":1}");
  }

  private void shutOut() throws SQLException {
    inAnotherDatabase("alter database " + name() + " with allow_connections false");
    end();
  }

  private void end() throws SQLException {
    inAnotherDatabase(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name() + "'");
  }

  private void letIn() throws SQLException {
    inAnotherDatabase("alter database " + name() + " with allow_connections true");
  }

  private void inAnotherDatabase(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(database.replace("/" + name(), "/postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String name() {
    return database.replaceAll(".*/([a-z_0-9]+)\\?.*", "$1");
  }
}
