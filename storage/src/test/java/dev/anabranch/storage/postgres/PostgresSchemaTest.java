package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a database is like that is not as we would have made it.
class PostgresSchemaTest {

  private static final ScopeName SCOPE = new ScopeName("org:1");

  private final String url = TestPostgres.freshDatabase();

  private static Store open(String url) {
    return Storage.open(StorageConfiguration.parse(url, ""));
  }

  private static void write(Store store, String id) {
    EntityKey note = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    new TestWriter(store).apply(Write.insert(new WriteKey(id), note, JsonObject.EMPTY));
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private String role() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select quote_ident(current_user)")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aSchemaThatComesIntoTheSearchPathLaterDoesNotHideTheLog() throws SQLException {
    try (Store store = open(url)) {
      write(store, "a");
    }
    sql("create schema " + role());
    try (Store store = open(url)) {
      assertThat(store.head(SCOPE).seq()).isEqualTo(1);
      write(store, "b");
      assertThat(store.head(SCOPE).seq()).isEqualTo(2);
    }
  }

  @Test
  void twoLogsInOneSearchPathAreRefusedUntilOneIsNamed() throws SQLException {
    try (Store store = open(url)) {
      write(store, "a");
    }
    String role = role();
    sql("create schema " + role, "create table " + role + ".lease (car text)");
    open(url).close(); // somebody else's lease is none of a log
    sql("alter table " + role + ".lease add column backend_pid integer");
    assertThatThrownBy(() -> open(url).close())
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("in the schemas")
        .hasMessageContaining("currentSchema");
    try (Store store = open(url + (url.contains("?") ? "&" : "?") + "currentSchema=public")) {
      assertThat(store.head(SCOPE).seq()).isEqualTo(1);
    }
  }

  @Test
  void aDatabaseThatCannotHoldAnyTextIsRefused() throws SQLException {
    String name = "latin" + System.identityHashCode(this);
    sql(
        "create database "
            + name
            + " encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
    assertThatThrownBy(() -> open(url.replaceFirst("/[^/?]+(\\?|$)", "/" + name + "$1")).close())
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("LATIN1")
        .hasMessageContaining("encoding 'UTF8'");
  }

  @Test
  void aBackupIsOfTablesOfThisVersionAndAFailedOneLeavesNothing(@TempDir Path folder)
      throws SQLException {
    open(url).close();
    Path file = folder.resolve("backup");
    sql(
        "create table kept as select * from flyway_schema_history",
        "delete from flyway_schema_history where version = '87'");
    assertThatThrownBy(() -> Storage.backup(StorageConfiguration.parse(url, ""), file))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("older version");
    sql(
        "delete from flyway_schema_history",
        "insert into flyway_schema_history select * from kept",
        "update flyway_schema_history set version = '999' where version = '87'");
    assertThatThrownBy(() -> Storage.backup(StorageConfiguration.parse(url, ""), file))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("newer version");
    assertThat(folder).isEmptyDirectory();
    sql(
        "delete from flyway_schema_history",
        "insert into flyway_schema_history select * from kept");
    Storage.backup(StorageConfiguration.parse(url, ""), file);
    assertThat(Files.exists(file)).isTrue();
  }
}
