package dev.anabranch.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCommandsTest {

  private static final ScopeName ORG = new ScopeName("org:1");

  @TempDir Path folder;

  private final Shell shell = new Shell();
  private String data = "";

  /// A database with inserts, updates, deletes and two scopes.
  @BeforeEach
  void fill() {
    data = folder.resolve("data").toString();
    try (RunningServer server = serve(data)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      asking.run("put", "org:1", "Note", "a", "t=1");
      asking.run("put", "org:1", "Message", "m", "content=Hi", "--key", "k1");
      asking.run("patch", "org:1", "Note", "a", "t=2", "--if-match", "1");
      asking.run("put", "org:2", "Payment", "p", "amount:=3.50");
      asking.run("delete", "org:1", "Note", "a");
      asking.run("put", "org:1", "Note", "b", "t=ü", "--device", "phone");
    }
  }

  private static RunningServer serve(String data) {
    return Server.start(
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(data))
            .read());
  }

  @Test
  void checkFindsThatTheStateIsTheFoldOfTheLog() {
    Shell.Result check = shell.run("check", "--data", data);
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(check.out()).contains("sound", "6 changes in 2 scopes");
    assertThat(shell.run("check", "--data", data, "--json").out())
        .isEqualTo("{\"scopes\":2,\"changes\":6,\"differences\":[]}\n");
  }

  @Test
  void checkFindsWhereStateAndLogDiffer() {
    spoil(new EntityKey(new ScopeName("org:1"), new ModelName("Note"), new EntityId("b")));
    Shell.Result check = shell.run("check", "--data", data);
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out())
        .contains("not sound", "org:1 at seq", "Note b: the log says")
        .doesNotContain("Entity[");
    assertThat(shell.run("check", "--data", data, "--json").out())
        .contains("\"scope\":\"org:1\"", "\"model\":\"Note\",\"id\":\"b\"", "\"detail\":");
  }

  @Test
  void oneDamagedOriginalIsNamedAndTheRestCheckedAndExported() throws SQLException {
    spoil(new EntityKey(new ScopeName("org:2"), new ModelName("Payment"), new EntityId("p")));
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(data)))) {
      Bytes original = Bytes.of("{\"pubkey\":\"00112233445566\"}".getBytes(UTF_8));
      new TestWriter(store).apply(note("proven").provenBy(original));
    }
    execute("update change set proof = substr(proof, 1, 9) where proof is not null");

    Shell.Result check = shell.run("check", "--data", data);
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out())
        .contains("Note proven: the original of the change 7 cannot be read", "org:2 at seq")
        .contains("not sound: 2 differences");
    Shell.Result export = shell.run("export", "--data", data);
    assertThat(export.exitCode()).isEqualTo(1);
    assertThat(export.err()).contains("the originals of 1 changes cannot be read", "[7]");
    assertThat(export.lines().getLast()).contains("\"end\":");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + Path.of(data).resolve("anabranch.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void checkRefusesADatabaseThatIsNotThereOrThatAServerHasOpen() {
    assertThat(shell.run("check", "--data", folder.resolve("none").toString()).exitCode())
        .isEqualTo(2);
    try (RunningServer server = serve(data)) {
      Shell.Result check = shell.run("check", "--data", data);
      assertThat(check.exitCode()).isEqualTo(3);
      assertThat(check.err()).contains("in use");
      assertThat(server.address().getPort()).isPositive();
    }
  }

  @Test
  void anExportedLogIsImportedWithItsIdsItsOrderAndItsKeys() {
    Shell.Result export = shell.run("export", "--data", data);
    assertThat(export.exitCode()).as(export.err()).isZero();
    String copy = folder.resolve("copy").toString();
    Shell.Result imported = shell.runWithInput(export.out(), "import", "--data", copy);
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(imported.out()).contains("6 changes");
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
    assertThat(changes(shell.run("export", "--data", copy))).isEqualTo(changes(export));

    try (RunningServer server = serve(copy)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      assertThat(asking.run("put", "org:1", "Message", "m", "content=Hi", "--key", "k1").out())
          .contains("\"syncId\":2");
      assertThat(epochOf(asking.run("put", "org:1", "Note", "c", "t=1", "--json"))).isEqualTo(1);
      assertThat(asking.run("put", "org:1", "Note", "d", "t=1", "--device", "phone").exitCode())
          .isZero();
    }
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
  }

  private static List<String> changes(Shell.Result export) {
    return export.lines().subList(1, export.lines().size());
  }

  private static long epochOf(Shell.Result put) {
    return JsonDecoder.stored(put.out()).number("syncId").orElseThrow() >> 40;
  }

  @Test
  void anImportedLogGoesOnBehindTheEpochsOfTheOneItCameFrom() {
    String file = folder.resolve("a.anabranch").toString();
    String restored = folder.resolve("restored").toString();
    String copy = folder.resolve("copy").toString();
    shell.run("backup", "--data", data, file);
    shell.run("restore", file, "--data", restored);
    try (RunningServer server = serve(restored)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      asking.run("put", "org:1", "Note", "e", "t=1");
    }
    String log = shell.run("export", "--data", restored).out();
    assertThat(log).startsWith("{\"format\":\"anabranch-log-1\"").contains("\"epoch\":1,");
    assertThat(shell.runWithInput(log, "import", "--data", copy).out()).contains("epoch 2");
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(copy)))) {
      ScopeName scope = new ScopeName("org:1");
      long head = store.head(scope).id();
      assertThat(head >> 40).isEqualTo(1);
      assertThat(store.read(scope, 6, PageLimit.DEFAULT)).isInstanceOf(Reading.Page.class);
      assertThat(store.read(scope, head, PageLimit.DEFAULT)).isInstanceOf(Reading.Page.class);
      for (long heardElsewhere : List.of(7L, head + 1)) {
        assertThat(store.read(scope, heardElsewhere, PageLimit.DEFAULT))
            .isEqualTo(new Reading.Refetch(RefetchReason.EPOCH));
      }
    }
    try (RunningServer server = serve(copy)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      assertThat(epochOf(asking.run("put", "org:1", "Note", "f", "t=1", "--json"))).isEqualTo(2);
    }
  }

  @Test
  void aLogWhoseFirstLineSaysNoEpochGoesOnBehindItsIds() {
    String file = folder.resolve("a.anabranch").toString();
    String restored = folder.resolve("restored").toString();
    String copy = folder.resolve("copy").toString();
    shell.run("backup", "--data", data, file);
    shell.run("restore", file, "--data", restored);
    try (RunningServer server = serve(restored)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      asking.run("put", "org:1", "Note", "e", "t=1");
    }
    String log =
        shell
            .run("export", "--data", restored)
            .out()
            .replaceFirst(",\"epoch\":1,\"restores\":\\[[^]]*]", "");
    assertThat(log).doesNotContain("restores");
    assertThat(shell.runWithInput(log, "import", "--data", copy).out()).contains("epoch 2");
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
  }

  @Test
  void aDeviceCountsOnInAnImportedLogThoughItsLastWritesChangedNothing() {
    DeviceId tablet = new DeviceId("tablet");
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(data)))) {
      TestWriter writer = new TestWriter(store);
      writer.apply(counted("x", tablet, 1));
      assertThat(writer.write(counted("x", tablet, 2).expecting(9)))
          .isInstanceOf(Outcome.Conflict.class);
    }
    String copy = folder.resolve("copy").toString();
    String log = shell.run("export", "--data", data).out();
    assertThat(shell.runWithInput(log, "import", "--data", copy).exitCode()).isZero();
    assertThat(changes(shell.run("export", "--data", copy)))
        .isEqualTo(log.lines().skip(1).toList());
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(copy)))) {
      new TestWriter(store).apply(counted("y", tablet, 3));
    }
  }

  @Test
  void aLogLargerThanABatchOfTheImportKeepsItsFewAuthors() {
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(data)))) {
      TestWriter writer = new TestWriter(store);
      for (String author : List.of("ann", "bob", "ann")) {
        Caller caller = new Caller(new PrincipalId(author), Authority.OWNER, "test");
        List<Write> writes =
            IntStream.range(0, 400)
                .mapToObj(n -> note(author + store.head(ORG).seq() + "-" + n))
                .toList();
        assertThat(writer.call(new Commit(caller, writes, false)))
            .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Applied.class));
      }
    }
    String copy = folder.resolve("copy").toString();
    String log = shell.run("export", "--data", data).out();
    Shell.Result imported = shell.runWithInput(log, "import", "--data", copy);
    assertThat(imported.err()).doesNotContain("error");
    assertThat(imported.out()).contains("1206 changes");
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
    assertThat(changes(shell.run("export", "--data", copy)))
        .isEqualTo(log.lines().skip(1).toList());
  }

  private static Write note(String id) {
    return Write.insert(
        new WriteKey(id),
        new EntityKey(ORG, new ModelName("Note"), new EntityId(id)),
        JsonObject.EMPTY.with("n", 1));
  }

  private static Write counted(String id, DeviceId device, long n) {
    EntityKey key = new EntityKey(new ScopeName("org:1"), new ModelName("Note"), new EntityId(id));
    return Write.insert(new WriteKey("counted" + n), key, JsonObject.EMPTY.with("n", n))
        .causedBy(new CausalClaim(device, n, null));
  }

  @Test
  void importRefusesADatabaseThatIsNotNewAndALogThatBreaksOff() {
    String export = shell.run("export", "--data", data).out();
    assertThat(shell.runWithInput(export, "import", "--data", data).err()).contains("not new");
    String half = export.substring(0, export.lastIndexOf("{\"end\""));
    Shell.Result broken =
        shell.runWithInput(half, "import", "--data", folder.resolve("half").toString());
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err()).contains("line 8", "breaks off");
    assertThat(
            shell.runWithInput("{}\n", "import", "--data", folder.resolve("no").toString()).err())
        .contains("line 1");
  }

  @Test
  void whatAnImportLeftThatBrokeOffIsRefusedByEveryCommandUntilItIsDeleted() {
    String export = shell.run("export", "--data", data).out();
    String log = export.substring(0, export.lastIndexOf("{\"end\""));
    String half = folder.resolve("half").toString();
    shell.runWithInput(log, "import", "--data", half);
    String backup = folder.resolve("half.anabranch").toString();
    for (Shell.Result refused :
        List.of(
            shell.run("serve", "--data", half, "--port", "0"),
            shell.run("check", "--data", half),
            shell.run("export", "--data", half),
            shell.run("backup", "--data", half, backup),
            shell.runWithInput(export, "import", "--data", half))) {
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.err()).contains("was not finished", "delete the data folder");
    }
    assertThat(folder.resolve("half.anabranch")).doesNotExist();
  }

  @Test
  void onlyTheFirstTokenMakesADatabase() {
    Path slip = folder.resolve("slip");
    for (String[] verb :
        List.of(
            new String[] {"token", "list"},
            new String[] {"token", "revoke", "abcdefghijklmnop"},
            new String[] {"key", "list"},
            new String[] {"key", "revoke", "1".repeat(64)})) {
      Shell.Result refused =
          shell.run(
              Stream.concat(Stream.of(verb), Stream.of("--data", slip.toString()))
                  .toArray(String[]::new));
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("there is no database in " + slip);
    }
    assertThat(slip).doesNotExist();
    assertThat(shell.run("token", "create", "ann", "--data", slip.toString()).exitCode()).isZero();
    assertThat(shell.run("token", "list", "--data", slip.toString()).out()).contains("ann");
  }

  @Test
  void whatIsNoLogLeavesTheFolderFreeForOne() {
    String export = shell.run("export", "--data", data).out();
    String copy = folder.resolve("copy").toString();
    assertThat(shell.runWithInput("{}\n", "import", "--data", copy).exitCode()).isEqualTo(2);
    assertThat(shell.runWithInput(export, "import", "--data", copy).exitCode()).isZero();
  }

  @Test
  void everyCommandOfAFolderSpeaksToMachines() {
    String file = folder.resolve("backup.anabranch").toString();
    assertThat(shell.run("backup", "--data", data, "--json", file).out())
        .isEqualTo("{\"file\":\"" + file + "\"}\n");
    String restored = folder.resolve("restored").toString();
    assertThat(shell.run("restore", "--data", restored, "--json", file).out())
        .isEqualTo("{\"file\":\"" + file + "\",\"epoch\":1}\n");
    String log = shell.run("export", "--data", data, "--json").out();
    String copy = folder.resolve("copy").toString();
    assertThat(shell.runWithInput(log, "import", "--data", copy, "--json").out())
        .isEqualTo("{\"changes\":6,\"epoch\":1}\n");
    assertThat(shell.run("compact", "--data", copy, "--keep-changes", "2", "--json").out())
        .isEqualTo("{\"changes\":3,\"dryRun\":false}\n");
  }

  @Test
  void aFailureOfAFolderIsJsonWhereJsonWasAskedFor() {
    Shell.Result check = new Shell().run("check", "--data", "no-such-folder", "--json");
    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.out()).startsWith("{\"code\":\"misused\"").endsWith("\"exit\":2}\n");
    assertThat(check.err()).contains("no-such-folder");
  }

  @Test
  void modelsPrintsWhatShipsAndListsWhatAFolderHas() throws IOException {
    String shipped = new Shell().run("models").out();
    assertThat(shipped).isEqualTo(ModelsFile.shippedText());
    assertThat(new Shell().run("models", "--json").lines())
        .filteredOn(line -> line.startsWith("{\"model\":\"Payment\""))
        .singleElement()
        .asString()
        .contains("\"rule\":\"append\"", "\"writer\":\"write\"", "\"bytes_max\":65536")
        .contains("\"aliases\":[\"Payments\",\"payment\",\"payments\"]");

    Path folder = Files.createDirectories(this.folder.resolve("of my own"));
    Files.writeString(
        folder.resolve("models.toml"),
        "[models.Order]\nwriter = \"admin\"\nserver_owned = [\"paid\"]\n");
    assertThat(new Shell().run("models", "--data", folder.toString()).lines())
        .anySatisfy(line ->
            assertThat(line)
                .startsWith("{\"model\":\"Order\",\"rule\":\"versioned\"")
                .contains("\"writer\":\"admin\"", "\"server_owned\":[\"paid\"]"))
        .noneMatch(line -> line.contains("Payment"));
  }

  @Test
  void compactFoldsOldChangesAwayAndLeavesTheState() {
    assertThat(shell.run("compact", "--data", data, "--keep-changes", "2", "--dry-run").out())
        .contains("3 changes would be");
    Shell.Result compact = shell.run("compact", "--data", data, "--keep-changes", "2");
    assertThat(compact.exitCode()).as(compact.err()).isZero();
    assertThat(compact.out()).contains("3 changes were");
    assertThat(shell.run("check", "--data", data).exitCode()).isZero();
    assertThat(shell.run("export", "--data", data).exitCode()).isEqualTo(1);
    assertThat(shell.run("compact", "--data", data).out()).startsWith("0 changes");
  }

  @Test
  void compactRefusesWhatKeepsNothingOrEverythingAndNamesTheRange() {
    for (List<String> senseless :
        List.of(
            List.of("--keep-changes", "-1"),
            List.of("--keep-days", "-1"),
            List.of("--keep-days", "36501"),
            List.of("--keep-days", "0"),
            List.of("--keep-changes", "0", "--keep-days", "0"),
            List.of("--scopes", "org:1"),
            List.of("--scopes", "BAD", "--keep-days", "1"))) {
      List<String> command = new ArrayList<>(List.of("compact", "--data", data));
      command.addAll(senseless);
      Shell.Result refused = shell.run(command.toArray(String[]::new));
      assertThat(refused.exitCode()).as("%s: %s", senseless, refused.err()).isEqualTo(2);
      assertThat(refused.err()).startsWith("anabranch: ").hasLineCount(1);
    }
    assertThat(shell.run("compact", "--data", data, "--keep-changes", "-1").err())
        .contains("--keep-changes is 0 or more, not -1");
    assertThat(shell.run("compact", "--data", data, "--keep-days", "-1").err())
        .contains("--keep-days is 0 to 36500, not -1");
    assertThat(shell.run("export", "--data", data).lines()).hasSize(8);
    Shell.Result some =
        shell.run("compact", "--data", data, "--keep-days", "0", "--keep-changes", "1");
    assertThat(some.exitCode()).as(some.err()).isZero();
    assertThat(some.out()).contains("4 changes were folded away");
  }

  @Test
  void anImportOfNothingSaysThatNothingWasImported() {
    Path fresh = folder.resolve("fresh");
    Shell.Result empty = shell.runWithInput("", "import", "--data", fresh.toString());
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.err()).contains("standard input is empty").doesNotContain("delete it");
    assertThat(fresh).doesNotExist();
  }

  @Test
  void aBackupTakenWhileServingComesBackInANewEpoch() {
    String file = folder.resolve("a.anabranch").toString();
    String later = folder.resolve("later").toString();
    try (RunningServer server = serve(data)) {
      assertThat(server.address().getPort()).isPositive();
      Shell.Result backup = shell.run("backup", "--data", data, file);
      assertThat(backup.exitCode()).as(backup.err()).isZero();
    }
    Shell.Result restore = shell.run("restore", file, "--data", later);
    assertThat(restore.exitCode()).as(restore.err()).isZero();
    assertThat(restore.out()).contains("epoch 1");
    assertThat(shell.run("check", "--data", later).out()).contains("sound", "6 changes");
    try (RunningServer server = serve(later)) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      String put = asking.run("put", "org:1", "Note", "e", "t=1", "--json").out();
      long syncId = JsonDecoder.stored(put).number("syncId").orElseThrow();
      assertThat(syncId >> 40).as("the epoch of %s", put).isEqualTo(1);
    }
    assertThat(shell.run("restore", file, "--data", later).exitCode()).isNotZero();
    assertThat(shell.run("restore", "absent", "--data", later).exitCode()).isEqualTo(2);
  }

  @Test
  void aLogIsFoldedByNoOtherRulesThanThoseThatMadeIt() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    String models = "[models.Talk]\nrule = \"causal\"\n";
    Files.writeString(own.resolve("models.toml"), models);
    try (RunningServer server = serve(own.toString())) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      assertThat(asking.run("put", "org:1", "Talk", "t", "t=1").exitCode()).isZero();
    }
    String file = folder.resolve("own.anabranch").toString();
    shell.run("backup", "--data", own.toString(), file);
    Path restored = folder.resolve("restored");
    shell.run("restore", file, "--data", restored.toString());
    String why = "the entities of Talk were made by the rule causal (vector_clock), and it is";
    assertThatThrownBy(() -> serve(restored.toString()).close())
        .isInstanceOf(ConfigurationFailure.class)
        .hasMessageContaining(why + " versioned now");
    Shell.Result check = shell.run("check", "--data", restored.toString());
    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.err()).contains(why, "Put models.toml back");
    assertThat(shell.run("compact", "--keep-days", "1", "--data", restored.toString()).exitCode())
        .isEqualTo(2);

    String log = shell.run("export", "--data", own.toString()).out();
    String copy = folder.resolve("copy").toString();
    Shell.Result refused = shell.runWithInput(log, "import", "--data", copy);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(why, "--other-rules");
    assertThat(shell.runWithInput(log, "import", "--data", copy, "--other-rules").exitCode())
        .isZero();
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();

    Files.writeString(
        restored.resolve("models.toml"), models + "[models.Other]\nrule = \"append\"\n");
    try (RunningServer server = serve(restored.toString())) {
      Shell asking = new Shell().with("ANABRANCH_URL", server.uri().toString());
      assertThat(asking.run("get", "org:1", "Talk", "t").exitCode()).isZero();
    }
    assertThat(shell.run("check", "--data", restored.toString()).exitCode()).isZero();
  }

  @Test
  void aLogOfWhichNoRulesWereKeptIsExportedAndImportedWithoutThem() throws SQLException {
    execute("delete from model_rule");
    String log = shell.run("export", "--data", data).out();
    assertThat(log.lines().findFirst().orElseThrow()).doesNotContain("rules");
    String copy = folder.resolve("copy").toString();
    assertThat(shell.runWithInput(log, "import", "--data", copy).exitCode()).isZero();
    assertThat(shell.run("check", "--data", copy).exitCode()).isZero();
  }

  @Test
  void theRuleOfAModelOfWhichThereIsNothingMayBecomeAnother() throws IOException {
    Path models = Path.of(data, "models.toml");
    for (String rule : List.of("append", "greatest")) {
      Files.writeString(
          models, ModelsFile.shippedText() + "[models.Later]\nrule = \"" + rule + "\"\n");
      serve(data).close();
    }
    assertThat(shell.run("check", "--data", data).exitCode()).isZero();
  }

  /// Writes an entity that no change made.
  private void spoil(EntityKey key) {
    try (Store store = Storage.open(StorageConfiguration.folder(Path.of(data)))) {
      Entity sound = store.entity(key).orElseThrow();
      Entity spoilt =
          new Entity(
              key,
              sound.version() + 1,
              sound.data(),
              null,
              null,
              false,
              sound.createdAt(),
              sound.updatedAt(),
              sound.id(),
              sound.seq());
      Remembered.Name name =
          new Remembered.Name(key.scope(), new PrincipalId("p"), new WriteKey("k"));
      Remembered excuse =
          new Remembered(name, new WriteHash(1, 2), Outcome.refused(FaultCode.INVALID, "spoilt"));
      store.commit(
          new Needs(Set.of(key.scope()), Set.of(name), Set.of(key), Set.of()),
          loaded ->
              new Effects(
                  loaded.headId(),
                  loaded.headHlc(),
                  List.of(),
                  List.of(spoilt),
                  List.of(excuse),
                  List.of(),
                  List.of()));
    }
  }
}
