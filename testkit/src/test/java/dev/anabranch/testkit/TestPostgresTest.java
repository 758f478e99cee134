package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class TestPostgresTest {

  @Test
  void everyDatabaseIsAnotherOneAndEmpty() throws SQLException {
    String one = TestPostgres.freshDatabase();
    String two = TestPostgres.freshDatabase();
    assertThat(one).isNotEqualTo(two);
    try (Connection connection = DriverManager.getConnection(two);
        Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery("select count(*) from pg_tables where schemaname = 'public'")) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getInt(1)).isZero();
    }
  }
}
