package dev.anabranch.client.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.log.DeviceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteReplicaTest extends ReplicaStoreContract {

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("made/replica.db");
  }

  @Override
  ReplicaStore open(DeviceId fresh) {
    return SqliteReplica.open(file(), fresh);
  }

  @Test
  void refusesAFileThatIsOpenAlready() {
    DeviceId device = new DeviceId("phone");
    try (ReplicaStore first = SqliteReplica.open(file(), device)) {
      assertThatThrownBy(() -> SqliteReplica.open(file(), device))
          .isInstanceOf(ReplicaFailure.class)
          .hasMessageContaining("is open already");
      assertThat(first.read(ReplicaReading::device)).isEqualTo(device);
    }
    SqliteReplica.open(file(), device).close();
  }

  @Test
  void aCopyThatIsClosedSaysSoAndLetsNobodyElseGo() {
    DeviceId device = new DeviceId("phone");
    ReplicaStore first = SqliteReplica.open(file(), device);
    first.close();
    try (ReplicaStore second = SqliteReplica.open(file(), device)) {
      first.close();

      assertThatThrownBy(() -> first.read(ReplicaReading::device))
          .isInstanceOf(ReplicaFailure.class)
          .hasMessageContaining("is closed");
      assertThatThrownBy(() -> SqliteReplica.open(file(), device))
          .hasMessageContaining("is open already");
      assertThat(second.read(ReplicaReading::device)).isEqualTo(device);
    }
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Files.createDirectories(folder.resolve("made"));
    Files.writeString(file(), "this is a letter, not a database, and longer than a header");

    assertThatThrownBy(() -> SqliteReplica.open(file(), new DeviceId("phone")))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessageContaining("cannot be opened");
  }

  @Test
  void refusesACopyOfALaterProgram() throws Exception {
    SqliteReplica.open(file(), new DeviceId("phone")).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("pragma user_version = 99");
    }

    assertThatThrownBy(() -> SqliteReplica.open(file(), new DeviceId("phone")))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessageContaining("schema 99");
  }

  @Test
  void opensACopyThatWasMadeBeforeThereWereDocuments() throws Exception {
    Files.createDirectories(folder.resolve("made"));
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("create table device (id text not null)");
      statement.execute("insert into device (id) values ('old')");
      statement.execute(
          "create table pending (number integer primary key autoincrement, key text not null,"
              + " scope text not null, model text not null, id text not null, action text not null,"
              + " data text, expected_version integer, seen text, accepted_id integer not null,"
              + " decided integer not null, unique (scope, key))");
      statement.execute(
          "insert into pending values (7, 'k', 'org:demo', 'Note', 'n', 'delete', null, null, null,"
              + " 0, 0)");
      statement.execute("pragma user_version = 1");
    }

    try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("new"))) {
      List<QueuedWrite> pending = store.read(ReplicaReading::pending);
      assertThat(pending).extracting(QueuedWrite::number).containsExactly(7L);
      assertThat(store.<DeviceId>read(ReplicaReading::device)).isEqualTo(new DeviceId("old"));
    }
  }

  /// An earlier program guessed the version that its own pending write would come to.
  @Test
  void writesThatAnEarlierProgramQueuedRestOnTheOnesBeforeThem() throws Exception {
    Files.createDirectories(folder.resolve("made"));
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      for (String sql : SqliteReplica.schema(2)) {
        statement.execute(sql);
      }
      statement.execute("insert into device (id) values ('old')");
      for (String row :
          List.of(
              "1, 'a', 'org:demo', 'Note', 'n', 'delete', null, 1, '{}', 0, 0, null",
              "2, 'b', 'org:demo', 'Note', 'n', 'delete', null, 2, '{}', 0, 0, null",
              "3, 'c', 'org:demo', 'Note', 'm', 'delete', null, 5, '{}', 0, 0, null",
              "4, 'd', 'org:demo', 'Note', 'n', 'delete', null, null, null, 0, 0, null",
              "5, 'e', 'org:demo', 'Note', 'n', 'delete', null, 4, '{}', 0, 0, null")) {
        statement.execute("insert into pending values (" + row + ")");
      }
      statement.execute("pragma user_version = 2");
    }

    try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("new"))) {
      assertThat(store.<List<QueuedWrite>>read(ReplicaReading::pending))
          .extracting(QueuedWrite::restsOn)
          .containsExactly(0L, 1L, 0L, 0L, 4L);
    }
  }

  @Test
  void aWriteThatCannotBeReadIsSetAsideAndTheOthersGoOn() throws Exception {
    try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("phone"))) {
      for (String id : List.of("first", "damaged", "second", "careful")) {
        store.write(replica -> replica.enqueue(put(id, key(DEMO, NOTE, id), id)));
      }
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("update pending set data = '{\"x\":1E+400}' where id = 'damaged'");
      statement.execute("update pending set seen = '{\"x\":1E+400}' where id = 'careful'");
    }

    for (int opening = 0; opening < 2; opening++) {
      try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("phone"))) {
        List<QueuedWrite> pending = store.read(ReplicaReading::pending);
        assertThat(pending)
            .extracting(write -> write.entity().id().text())
            .containsExactly("first", "second", "careful");
      }
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        var row = statement.executeQuery("select id, data, why from unreadable")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("damaged");
      assertThat(row.getString(2)).isEqualTo("{\"x\":1E+400}");
      assertThat(row.getString(3)).contains("1E+400 is out of range");
      assertThat(row.next()).isFalse();
    }
  }

  @Test
  void refusesAFileThatIsOpenAlreadyUnderAnotherName() throws IOException {
    DeviceId device = new DeviceId("phone");
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), file());
    Path linkToLink = Files.createSymbolicLink(folder.resolve("again.db"), Path.of("link.db"));
    for (Path first : List.of(file(), linkToLink)) {
      try (ReplicaStore open = SqliteReplica.open(first, device)) {
        for (Path second : List.of(file(), link, linkToLink)) {
          assertThatThrownBy(() -> SqliteReplica.open(second, device))
              .isInstanceOf(ReplicaFailure.class)
              .hasMessageContaining("is open already");
        }
        assertThat(open.read(ReplicaReading::device)).isEqualTo(device);
      }
      assertThat(folder.resolve("made/replica.db.lock")).exists();
    }
    assertThat(folder.resolve("link.db.lock")).doesNotExist();
  }

  @Test
  void refusesALinkThatLeadsToItself() throws IOException {
    Path one = folder.resolve("one.db");
    Path two = Files.createSymbolicLink(folder.resolve("two.db"), one);
    Files.createSymbolicLink(one, two);

    assertThatThrownBy(() -> SqliteReplica.open(one, new DeviceId("phone")))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessageContaining("cannot be opened");
  }

  @Test
  void aReaderDoesNotWaitForTheWriterAndSeesOnlyWhatIsCommitted() throws Exception {
    try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("phone"));
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      CountDownLatch wrote = new CountDownLatch(1);
      CountDownLatch read = new CountDownLatch(1);
      Future<Boolean> writing =
          other.submit(() ->
              store.write(replica -> {
                replica.put(note("n1", "not yet", 1));
                wrote.countDown();
                return await(read);
              }));
      wrote.await();

      assertThat(store.<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
          .isEmpty();
      read.countDown();
      assertThat(writing.get()).isTrue();
      assertThat(store.<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
          .hasSize(1);
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /// A child process queues writes and says each one's key once it is queued; it is killed with −9
  /// in the middle, five times. Every key that was said is there, in order, once.
  @Test
  void losesNoQueuedWriteWhenTheProcessIsKilled() throws Exception {
    List<String> said = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      said.addAll(killedQueuer(round));
    }

    try (ReplicaStore store = SqliteReplica.open(file(), new DeviceId("later"))) {
      List<String> queued =
          store.read(ReplicaReading::pending).stream().map(write -> write.key().text()).toList();
      assertThat(queued).doesNotHaveDuplicates().containsSubsequence(said);
      assertThat(store.<DeviceId>read(ReplicaReading::device)).isEqualTo(new DeviceId("round-0"));
    }
  }

  private List<String> killedQueuer(int round) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Queuer.class.getName(),
                file().toString(),
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null) {
        said.add(line);
        if (said.size() == 40 + 13 * round) {
          child.toHandle().destroyForcibly();
        }
        line = out.readLine();
      }
    }
    child.waitFor();
    return said;
  }

  /// The child process.
  static final class Queuer {

    private Queuer() {}

    /// Queues writes until it is killed.
    public static void main(String[] arguments) {
      String round = arguments[1];
      ReplicaStore store =
          SqliteReplica.open(Path.of(arguments[0]), new DeviceId("round-" + round));
      for (int number = 0; number < 100_000; number++) {
        String key = round + "/" + number;
        store.write(replica -> replica.enqueue(put(key, key(DEMO, NOTE, "n"), key)));
        System.out.println(key);
      }
    }
  }
}
