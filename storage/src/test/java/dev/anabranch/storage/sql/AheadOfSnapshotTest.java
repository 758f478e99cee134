package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.MarkedNumbers;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A batch is committed and sorted in between a reader's look at the log and its look at the file
/// of marks (docs/decisions/0098).
class AheadOfSnapshotTest {

  @TempDir Path folder;
  private final List<String> looks = new ArrayList<>();

  @Test
  void theReaderBeginsAnewAndSeesTheLogAsTheFileIs() throws SQLException {
    writeAndSortIn(1);
    try (Session reading = new Session(reading())) {
      WaitingMarks waiting = new WaitingBatches().read(reading);
      assertThat(looks).containsExactly("marks", "again");
      assertThat(waiting.marks()).isEmpty();
      assertThat(waiting.sorted()).isEqualTo(2);
      assertThat(waiting.upTo()).isEqualTo(2);
      assertThat(reading.<Long>first("select count(*) from change", row -> row.getLong(1)))
          .isEqualTo(2);
      assertThat(reading.<Long>first("select count(*) from mark", row -> row.getLong(1)))
          .isEqualTo(2);
    }
  }

  /// What waits is sorted in when the store is closed.
  private void writeAndSortIn(int number) {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      new MarkedNumbers(0).write(store, number, number + 1);
    }
  }

  /// One that sees both files and has something happen before it first asks that of marks.
  private Connection reading() throws SQLException {
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db"));
    try (Statement attach = connection.createStatement()) {
      attach.execute("attach database '" + folder.resolve("marks.db") + "' as marks");
    }
    connection.setAutoCommit(false);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("prepareStatement")
                  && String.valueOf(arguments[0]).contains("from sorted")) {
                looks.add("marks");
                writeAndSortIn(2);
              } else if (method.getName().equals("rollback")) {
                looks.add("again");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
