package dev.anabranch.storage.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Migrations;
import dev.anabranch.storage.sql.Session;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens connections to a database.
final class PostgresConnections {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);
  private static final int CONNECT_SECONDS = 5;
  private static final int ANSWER_SECONDS = 30;

  /// The writer's queries are all look-ups of a few hundred keys: whatever the statistics of a
  /// young table say, an index is right, and planning once is enough.
  private static final String WRITER_SETTINGS =
      "set plan_cache_mode = force_generic_plan; set enable_seqscan = off;"
          + " set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;"
          + " set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'";

  /// Keeps a session open however long it is idle; PostgreSQL knows such a limit since 14.
  static final String STAY =
      "select set_config('idle_session_timeout', '0', false)"
          + " where current_setting('idle_session_timeout', true) is not null";

  /// Pages are read in the order of an index. Without statistics, as in a young table, the planner
  /// would sort all that is left of a scope for each page (100,000 entities took 10 s).
  ///
  /// Whom nobody waits for any more must not go on waiting in the server: while somebody locks a
  /// table, each time that the store is opened anew leaves its readers behind.
  private static final String READER_SETTINGS =
      "set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set jit = off;"
          + " set lock_timeout = '10s'; set statement_timeout = '25s'";

  private final PostgresAddress place;
  private final String url;
  private final Properties properties = new Properties();
  private volatile boolean isSettled;

  PostgresConnections(PostgresAddress place) {
    this.place = place;
    url = "jdbc:postgresql://" + place.host() + ":" + place.port() + "/" + encode(place.database());
    properties.putAll(place.options());
    properties.setProperty("user", place.user());
    properties.setProperty("password", place.password());
    properties.setProperty("ApplicationName", "anabranch");
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("prepareThreshold", "1");
  }

  private static String encode(String database) {
    return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// A plain one, with auto-commit; all after the first one are to the schema that the first found.
  Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(url, properties);
    if (isSettled) {
      return connection;
    }
    try (Statement statement = connection.createStatement()) {
      String schema = PostgresSchema.of(connection, place);
      statement.execute("set search_path to " + schema);
      properties.setProperty("currentSchema", schema);
      isSettled = true;
      return connection;
    } catch (SQLException | RuntimeException failure) {
      connection.close();
      throw failure;
    }
  }

  /// Brings the tables up to date; makes them when they are not there.
  void migrate(Failures failures) {
    Migrations.postgres(url, properties, failures);
  }

  /// Refuses tables of another version of this program.
  void refuseOtherTables(Failures failures) {
    Migrations.refuseOtherThanPostgres(url, properties, failures);
  }

  /// The one that batches are written on, durable on commit (K6).
  Session writing() throws SQLException {
    Session session = new Session(open());
    try (Statement statement = session.connection().createStatement()) {
      statement.execute(WRITER_SETTINGS);
      statement.execute(STAY);
      statement.execute(
          "select set_config('synchronous_commit', 'on', false)"
              + " where current_setting('synchronous_commit') in ('off', 'local')");
      refuseOtherEncodings(statement);
      warnWhenUnsafe(statement);
      session.connection().setAutoCommit(false);
      return session;
    } catch (SQLException | RuntimeException failure) {
      session.close();
      throw failure;
    }
  }

  /// A database that cannot hold any text would be lost with the first write that it cannot hold.
  private void refuseOtherEncodings(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select current_setting('server_encoding')")) {
      if (row.next() && !row.getString(1).matches("UTF8|SQL_ASCII")) {
        throw new StoreFailure(
            StoreFailure.Kind.BROKEN,
            place
                + " has the encoding "
                + row.getString(1)
                + ", which holds some of the world's letters only; make one by create database …"
                + " encoding 'UTF8' template template0");
      }
    }
  }

  private static void warnWhenUnsafe(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select current_setting('fsync')")) {
      if (row.next() && "off".equals(row.getString(1))) {
        LOG.warn(
            "this PostgreSQL runs with fsync=off: what it acknowledges may be lost when its machine"
                + " fails; turn fsync on");
      }
    }
  }

  /// Those that only read.
  HikariDataSource readers(int sessionsMax) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("anabranch-readers");
    config.setJdbcUrl(url);
    config.setDataSourceProperties(properties);
    config.setMaximumPoolSize(sessionsMax);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_SECONDS * 1000L);
    config.setConnectionInitSql(READER_SETTINGS + "; " + STAY);
    // What the line above begins would be the first read's snapshot, however old by then.
    config.setIsolateInternalQueries(true);
    config.setAutoCommit(false);
    config.setReadOnly(true);
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    config.setInitializationFailTimeout(-1); // a server that is away is found out by reading
    return new HikariDataSource(config);
  }
}
