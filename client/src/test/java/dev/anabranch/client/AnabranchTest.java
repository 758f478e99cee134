package dev.anabranch.client;

import static dev.anabranch.client.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.Notice;
import dev.anabranch.client.session.ScopeState;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.testkit.BreakableLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client as its users have it: real sockets, real files, a real engine behind them.
final class AnabranchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final SessionLimits IMPATIENT =
      new SessionLimits(1_000, 500, 256 * 1024, 4, 10, 100, 20_000, 45_000);
  private static final String DEMO = "org:demo";

  @TempDir Path folder;
  private final LiveServer server = LiveServer.start();
  private final List<Anabranch> clients = new ArrayList<>();

  @AfterEach
  void close() {
    clients.forEach(Anabranch::close);
    server.close();
  }

  private Anabranch open(String name) {
    return open(name, server.url(), ConflictRule.KEEP_THEIRS);
  }

  private Anabranch open(String name, String url, ConflictRule rule) {
    Anabranch client =
        Anabranch.open(
            ClientSettings.of(url).withLimits(IMPATIENT).withConflictRule(rule),
            folder.resolve(name + ".db"));
    clients.add(client);
    return client;
  }

  private static void awaitQuiet(Anabranch... waiting) throws InterruptedException {
    for (Anabranch client : waiting) {
      assertThat(client.awaitQuiet(PATIENCE)).as("quiet: " + client.status()).isTrue();
    }
  }

  private static Map<EntityKey, JsonObject> seen(Scope scope) {
    Map<EntityKey, JsonObject> seen = new HashMap<>();
    for (String model : scope.models()) {
      scope.list(model).forEach(view -> seen.put(view.key(), view.data()));
    }
    return seen;
  }

  private static EntityKey note(String id) {
    return new EntityKey(new ScopeName(DEMO), new ModelName("Note"), new EntityId(id));
  }

  @Test
  void theFewLinesOfTheReadMe() throws Exception {
    List<String> changes = new CopyOnWriteArrayList<>();
    Anabranch client = open("phone");
    Scope notes = client.scope(DEMO);
    notes.onChange(change -> changes.add(change.toString()));
    PendingWrite hello = notes.put("Note", "n1", fields("title", "Hello"));

    assertThat(notes.get("Note", "n1").flatMap(view -> view.string("title"))).contains("Hello");
    assertThat(hello.await(PATIENCE)).isEqualTo(new WriteOutcome.Applied(1, 1));
    assertThat(hello.status()).isEqualTo(WriteStatus.APPLIED);
    awaitQuiet(client);
    assertThat(seen(notes)).isEqualTo(server.state(DEMO));
    await().atMost(PATIENCE).until(() -> !changes.isEmpty());
    assertThat(changes).containsExactly("Note n1 {\"title\":\"Hello\"}");
  }

  @Test
  void twoDevicesSeeEachOther() throws Exception {
    Scope one = open("one").scope(DEMO);
    Scope two = open("two").scope(DEMO);
    awaitQuiet(clients.toArray(new Anabranch[0]));
    one.put("Note", "n1", fields("title", "from one", "stars", 3));
    await().atMost(PATIENCE).until(() -> two.get("Note", "n1").isPresent());
    two.patch("Note", "n1", fields("title", "from two", "stars", null));
    await()
        .atMost(PATIENCE)
        .until(() -> one.get("Note", "n1").filter(view -> view.get("stars") == null).isPresent());
    two.delete("Note", "n1");
    await().atMost(PATIENCE).until(() -> one.get("Note", "n1").isEmpty());

    awaitQuiet(clients.toArray(new Anabranch[0]));
    assertThat(server.changes(DEMO)).isEqualTo(3);
  }

  @Test
  void worksOfflineAndComesBack() throws Exception {
    Anabranch phone = open("phone");
    Scope notes = phone.scope(DEMO);
    awaitQuiet(phone);
    phone.goOffline();
    PendingWrite late = notes.put("Note", "mine", fields("title", "written on a train"));
    server.write(Write.insert(new WriteKey("k"), note("theirs"), fields("title", "meanwhile")));
    assertThat(notes.list("Note")).extracting(EntityView::id).containsExactly("mine");
    assertThat(late.status()).isEqualTo(WriteStatus.QUEUED);
    assertThat(phone.status().pending()).isEqualTo(1);
    phone.goOnline();
    awaitQuiet(phone);

    assertThat(late.await(PATIENCE)).isInstanceOf(WriteOutcome.Applied.class);
    assertThat(seen(notes)).isEqualTo(server.state(DEMO)).hasSize(2);
  }

  @Test
  void aClosedClientLeavesItsQueueToTheNextOnTheSameCopy() throws Exception {
    Anabranch first = open("phone");
    first.goOffline();
    first.scope(DEMO).put("Note", "n1", fields("title", "left behind"));
    String device = first.device().text();
    first.close();
    clients.clear();
    Anabranch second = open("phone");
    Scope notes = second.scope(DEMO);
    assertThat(notes.get("Note", "n1")).isPresent();
    awaitQuiet(second);

    assertThat(second.device().text()).isEqualTo(device);
    assertThat(server.state(DEMO)).containsOnlyKeys(note("n1"));
  }

  @Test
  void aCarefulWriteFindsAConflictAndTheRuleMergesIt() throws Exception {
    Anabranch phone = open("phone", server.url(), ConflictRule.MERGE_FIELDS);
    Scope notes = phone.scope(DEMO);
    notes.put("Note", "n1", fields("title", "base", "body", "base"));
    awaitQuiet(phone);
    EntityView seen = notes.get("Note", "n1").orElseThrow();
    phone.goOffline();
    server.write(Write.update(new WriteKey("k"), note("n1"), fields("body", "theirs")));
    PendingWrite careful = notes.patch(seen, fields("title", "mine"));
    phone.goOnline();
    awaitQuiet(phone);

    WriteOutcome.Conflicted conflicted = (WriteOutcome.Conflicted) careful.await(PATIENCE);
    assertThat(careful.status()).isEqualTo(WriteStatus.CONFLICT);
    assertThat(conflicted.conflict().theirs()).isEqualTo(fields("title", "base", "body", "theirs"));
    assertThat(conflicted.conflict().clashes()).isEmpty();
    assertThat(server.state(DEMO).get(note("n1")))
        .isEqualTo(fields("title", "mine", "body", "theirs"));
    assertThat(seen(notes)).isEqualTo(server.state(DEMO));
  }

  @Test
  void severalCarefulWritesOfflineGiveWayToWhatOthersWrote() throws Exception {
    Anabranch phone = open("phone");
    Scope notes = phone.scope(DEMO);
    notes.put("Note", "n1", fields("text", "base"));
    awaitQuiet(phone);
    phone.goOffline();
    List<PendingWrite> mine = new ArrayList<>();
    for (int edit = 1; edit <= 3; edit++) {
      EntityView seen = notes.get("Note", "n1").orElseThrow();
      mine.add(notes.patch(seen, fields("text", "mine " + edit)));
    }
    server.write(Write.update(new WriteKey("k"), note("n1"), fields("text", "theirs")));
    phone.goOnline();
    awaitQuiet(phone);

    for (PendingWrite write : mine) {
      WriteOutcome.Conflicted conflicted = (WriteOutcome.Conflicted) write.await(PATIENCE);
      assertThat(write.status()).isEqualTo(WriteStatus.CONFLICT);
      assertThat(conflicted.conflict().theirs()).isEqualTo(fields("text", "theirs"));
    }
    assertThat(server.state(DEMO).get(note("n1"))).isEqualTo(fields("text", "theirs"));
    assertThat(seen(notes)).isEqualTo(server.state(DEMO));
  }

  @Test
  void twoDevicesMergeTheirCarefulWritesOneByOne() throws Exception {
    List<Anabranch> devices = new ArrayList<>();
    for (String name : List.of("phone", "tablet")) {
      devices.add(open(name, server.url(), ConflictRule.MERGE_FIELDS));
    }
    Scope first = devices.getFirst().scope(DEMO);
    devices.getLast().scope(DEMO);
    first.put("Note", "n1", fields("text", "base"));
    awaitQuiet(devices.getFirst());
    await()
        .atMost(PATIENCE)
        .until(() -> devices.getLast().scope(DEMO).get("Note", "n1").isPresent());
    devices.forEach(Anabranch::goOffline);
    List<PendingWrite> written = new ArrayList<>();
    for (Anabranch device : devices) {
      Scope notes = device.scope(DEMO);
      for (int edit = 1; edit <= 10; edit++) {
        EntityView seen = notes.get("Note", "n1").orElseThrow();
        written.add(notes.patch(seen, fields("device" + devices.indexOf(device), edit)));
      }
    }
    devices.forEach(Anabranch::goOnline);
    awaitQuiet(devices.toArray(new Anabranch[0]));

    assertThat(server.state(DEMO).get(note("n1")))
        .isEqualTo(fields("text", "base", "device0", 10, "device1", 10));
    for (PendingWrite write : written) {
      assertThat(write.await(PATIENCE)).isNotInstanceOf(WriteOutcome.Refused.class);
    }
    assertThat(server.changes(DEMO)).isEqualTo(21);
  }

  @Test
  void aRefusedWriteIsTakenBackAndSaysWhy() throws Exception {
    Anabranch phone = open("phone");
    Scope notes = phone.scope(DEMO);
    PendingWrite refused = notes.put("Note", "n1", fields("version", 7));
    PendingWrite next = notes.put("Note", "n2", fields("title", "fine"));

    assertThat(refused.await(PATIENCE)).isInstanceOf(WriteOutcome.Refused.class);
    assertThat(next.await(PATIENCE)).isInstanceOf(WriteOutcome.Applied.class);
    awaitQuiet(phone);
    assertThat(seen(notes)).isEqualTo(server.state(DEMO)).containsOnlyKeys(note("n2"));
  }

  @Test
  void tornLinesLoseDoubleAndReorderNothing() throws Exception {
    try (BreakableLine line = new BreakableLine(server.port())) {
      Anabranch phone = open("phone", line.url(), ConflictRule.KEEP_THEIRS);
      Anabranch tablet = open("tablet", line.url(), ConflictRule.KEEP_THEIRS);
      Scope mine = phone.scope(DEMO);
      Scope theirs = tablet.scope(DEMO);
      List<Long> counts = new CopyOnWriteArrayList<>();
      theirs.onChange(
          "Counter",
          "c",
          change -> {
            EntityView after = change.after();
            counts.add(after == null ? -1 : after.number("count").orElse(-1));
          });
      for (int round = 1; round <= 300; round++) {
        mine.put("Counter", "c", fields("count", round));
        if (round % 7 == 0) {
          theirs.put("Note", "n" + round, fields("round", round));
        }
        if (round % 40 == 0) {
          line.tear();
        }
      }
      awaitQuiet(phone, tablet);

      await()
          .atMost(PATIENCE) // quiet means that nothing waits to be sent, not that all was seen
          .untilAsserted(
              () -> assertThat(seen(mine)).isEqualTo(server.state(DEMO)).isEqualTo(seen(theirs)));
      assertThat(server.changes(DEMO)).isEqualTo(300 + 300 / 7);
      await().atMost(PATIENCE).until(() -> counts.contains(300L));
      assertThat(counts).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void aLargeScopeArrivesAsASnapshotInManyFrames() throws Exception {
    String filling = "x".repeat(900);
    for (int number = 0; number < 3_000; number++) {
      server.write(
          Write.insert(new WriteKey("k" + number), note("n" + number), fields("text", filling)));
    }
    Anabranch phone = open("phone");
    List<Long> fetched = new CopyOnWriteArrayList<>();
    phone.onStatus(
        status -> status.scopes().values().forEach(progress -> fetched.add(progress.fetched())));
    Scope notes = phone.scope(DEMO);
    awaitQuiet(phone);

    assertThat(notes.list("Note")).hasSize(3_000);
    assertThat(notes.progress().state()).isEqualTo(ScopeState.LIVE);
    await().atMost(PATIENCE).until(() -> fetched.contains(3_000L));
  }

  @Test
  void severalScopesAtOnce() throws Exception {
    Anabranch phone = open("phone");
    Set<EntityKey> written = new HashSet<>();
    for (int number = 0; number < 20; number++) {
      Scope scope = phone.scope("chat:" + number);
      written.add(scope.key("Message", "m"));
      scope.put("Message", "m", fields("number", number));
    }
    awaitQuiet(phone);

    for (int number = 0; number < 20; number++) {
      assertThat(server.state("chat:" + number)).hasSize(1);
    }
    assertThat(written).hasSize(20);
  }

  @Test
  void presenceIsSeenAndGoesWithTheLine() throws Exception {
    Anabranch phone = open("phone");
    Anabranch tablet = open("tablet");
    Scope here = phone.scope(DEMO);
    Scope there = tablet.scope(DEMO);
    awaitQuiet(phone, tablet);
    here.present(fields("cursor", 7));
    await().atMost(PATIENCE).until(() -> there.neighbours().size() == 1);
    Notice.Neighbour neighbour = there.neighbours().getFirst();
    assertThat(neighbour.device()).isEqualTo(phone.device().text());
    assertThat(neighbour.value()).isEqualTo(fields("cursor", 7));
    here.present(fields("cursor", 8));
    await()
        .atMost(PATIENCE)
        .until(() -> there.neighbours().getFirst().value().equals(fields("cursor", 8)));
    phone.goOffline();

    await().atMost(PATIENCE).until(() -> there.neighbours().isEmpty());
    assertThat(here.neighbours()).isEmpty();
  }

  @Test
  void whatIsSaidOnceIsHeardByWhoeverListensAndMakesNobodyPresent() throws Exception {
    Anabranch phone = open("phone");
    Scope here = phone.scope(DEMO);
    List<Notice.Neighbour> heard = new CopyOnWriteArrayList<>();
    here.onSaid(heard::add);
    awaitQuiet(phone);
    server.say(Present.once(here.name(), "nostr", new PrincipalId("ada"), fields("kind", 20_001)));
    await().atMost(PATIENCE).until(() -> !heard.isEmpty());

    assertThat(heard)
        .containsExactly(new Notice.Neighbour("nostr", "ada", "", 0, fields("kind", 20_001)));
    assertThat(here.neighbours()).isEmpty();
  }

  @Test
  void aTopicThatIsTooLongIsRefusedToWhoeverSaysIt() throws Exception {
    Anabranch phone = open("phone");
    Scope here = phone.scope(DEMO);
    awaitQuiet(phone);
    String topic = "x".repeat(Present.TOPIC_CHARS_MAX + 1);

    assertThatThrownBy(() -> here.present(topic, fields("cursor", 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("512");
    assertThatThrownBy(() -> here.absent(topic)).isInstanceOf(IllegalArgumentException.class);
    here.put("Note", "n1", fields("title", "goes on"));
    awaitQuiet(phone);
  }

  @Test
  void aServerThatIsNotThereIsTriedAgain() throws Exception {
    int port = server.port();
    Anabranch phone = open("phone", "http://127.0.0.1:1", ConflictRule.KEEP_THEIRS);
    Scope notes = phone.scope(DEMO);
    notes.put("Note", "n1", fields("title", "patience"));
    await().atMost(PATIENCE).until(() -> !phone.status().detail().isEmpty());

    assertThat(phone.status().line()).isIn(LineState.WAITING, LineState.DIALLING);
    assertThat(phone.awaitQuiet(Duration.ofMillis(50))).isFalse();
    assertThat(port).isPositive();
  }

  @Test
  void aFullQueueSaysSo() {
    Anabranch phone = open("phone");
    phone.goOffline();
    Scope notes = phone.scope(DEMO);
    for (int number = 0; number < IMPATIENT.pendingMax(); number++) {
      notes.put("Note", "n", fields("n", number));
    }

    assertThatThrownBy(() -> notes.put("Note", "n", fields("n", -1)))
        .isInstanceOf(QueueFull.class)
        .hasMessageContaining("1000 writes");
  }

  @Test
  void oneCopyHasOneClient() {
    open("phone");

    assertThatThrownBy(() -> open("phone")).isInstanceOf(ReplicaFailure.class);
  }

  @Test
  void aConflictRuleMayNotCallTheClient() throws Exception {
    List<Scope> scopes = new CopyOnWriteArrayList<>();
    Anabranch phone =
        open(
            "phone",
            server.url(),
            conflict -> {
              scopes.getFirst().put("Note", "again", fields("no", true));
              return conflict.keepMine();
            });
    List<String> troubles = new CopyOnWriteArrayList<>();
    phone.onTrouble(troubles::add);
    scopes.add(phone.scope(DEMO));
    server.write(Write.insert(new WriteKey("k"), note("n1"), fields("title", "theirs")));
    PendingWrite refused = scopes.getFirst().create("Note", "n1", fields("title", "mine"));

    assertThat(refused.await(PATIENCE)).isInstanceOf(WriteOutcome.Conflicted.class);
    awaitQuiet(phone);
    await().atMost(PATIENCE).until(() -> !troubles.isEmpty());
    assertThat(server.state(DEMO).get(note("n1"))).isEqualTo(fields("title", "theirs"));
  }

  /// A child process writes 2,000 counts as fast as it can and says each one; it is killed with −9
  /// in the middle of queueing and sending, and started again, until all are said. Nothing it said
  /// is lost, nothing is there twice.
  @Test
  void aKilledClientLosesAndDoublesNothing() throws Exception {
    int said = 0;
    int kills = 0;
    while (said < 2_000) {
      int until = kills < 4 ? said + 250 : Integer.MAX_VALUE;
      said = runChild(said, until);
      kills++;
    }
    Anabranch phone = open("child");
    Scope notes = phone.scope(DEMO);
    awaitQuiet(phone);

    assertThat(kills).isEqualTo(5);
    assertThat(server.state(DEMO)).isEqualTo(seen(notes)).hasSize(2_000);
    assertThat(server.changes(DEMO)).isEqualTo(2_000);
  }

  private int runChild(int from, int until) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Child.class.getName(),
                server.url(),
                folder.resolve("child.db").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int said = from;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null) {
        said = Integer.parseInt(line) + 1;
        if (said == until) {
          child.toHandle().destroyForcibly();
        }
        line = out.readLine();
      }
    }
    child.waitFor();
    return said;
  }

  /// The child process.
  static final class Child {

    private Child() {}

    /// Writes what is not there yet, from the first missing number on.
    public static void main(String[] arguments) throws Exception {
      try (Anabranch client = Anabranch.open(arguments[0], Path.of(arguments[1]))) {
        Scope notes = client.scope(DEMO);
        int number = notes.list("Note").size();
        while (number < 2_000) {
          notes.create("Note", "n" + number, fields("number", number));
          System.out.println(number);
          number++;
        }
        client.awaitQuiet(PATIENCE);
      }
    }
  }
}
