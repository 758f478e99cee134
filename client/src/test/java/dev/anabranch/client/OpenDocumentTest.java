package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.encoding.Any;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Documents as the client's users have them: real sockets, real files, a real engine behind them.
final class OpenDocumentTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final SessionLimits IMPATIENT =
      new SessionLimits(20, 10, 256 * 1024, 4, 10, 100, 20_000, 45_000);
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
    Anabranch client =
        Anabranch.open(
            ClientSettings.of(server.url()).withLimits(IMPATIENT), folder.resolve(name + ".db"));
    clients.add(client);
    return client;
  }

  private static void type(OpenDocument document, int at, String text) {
    document.edit(inner -> inner.text("body").insert(at, text));
  }

  private static String body(OpenDocument document) {
    return document.read(inner -> inner.text("body").text());
  }

  private static void untilBothSay(String text, OpenDocument one, OpenDocument other) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(List.of(body(one), body(other))).containsOnly(text));
  }

  @Test
  void theFewLinesOfTheGuide() throws Exception {
    Scope notes = open("phone").scope(DEMO);
    OpenDocument minutes = notes.document("minutes");
    PendingWrite hello =
        minutes.edit(document -> document.text("body").insert(0, "Hello")).orElseThrow();
    assertThat(minutes.<String>read(document -> document.text("body").text())).isEqualTo("Hello");

    assertThat(hello.await(PATIENCE)).isInstanceOf(WriteOutcome.Applied.class);
    assertThat(server.document(minutes.key()).text("body").text()).isEqualTo("Hello");
  }

  @Test
  void twoDevicesEditOneDocumentAndAreToldWhatTheOtherDid() {
    OpenDocument one = open("one").scope(DEMO).document("minutes");
    OpenDocument two = open("two").scope(DEMO).document("minutes");
    List<List<DeltaOperation>> seen = new CopyOnWriteArrayList<>();
    two.watch(document -> document.text("body").observe(event -> seen.add(event.delta())));
    type(one, 0, "one");
    await().atMost(PATIENCE).until(() -> body(two).equals("one"));
    type(two, 3, " two");
    untilBothSay("one two", one, two);

    assertThat(seen.getFirst()).hasToString("[" + insertOf("one") + "]");
    assertThat(one.name()).isEqualTo("minutes");
  }

  private static DeltaOperation insertOf(String text) {
    Document document = Document.create(DocumentOptions.forEditing(new Random(1)));
    document.text("body").insert(0, text);
    return document.text("body").delta().getFirst();
  }

  @Test
  void bothEditOfflineAndMergeOnReturn() throws Exception {
    Anabranch phone = open("phone");
    Anabranch tablet = open("tablet");
    OpenDocument one = phone.scope(DEMO).document("minutes");
    OpenDocument two = tablet.scope(DEMO).document("minutes");
    type(one, 0, "middle");
    untilBothSay("middle", one, two);
    phone.goOffline();
    tablet.goOffline();
    type(one, 0, "left ");
    type(two, 6, " right");
    two.edit(document -> document.map("meta").put("title", Any.of("Minutes")));
    assertThat(body(one)).isEqualTo("left middle");
    assertThat(tablet.status().pending()).isEqualTo(1);
    phone.goOnline();
    tablet.goOnline();

    untilBothSay("left middle right", one, two);
    assertThat(phone.awaitQuiet(PATIENCE)).isTrue();
    assertThat(one.<Object>read(Document::snapshot))
        .isEqualTo(two.<Object>read(Document::snapshot))
        .isEqualTo(server.document(one.key()).snapshot());
  }

  @Test
  void everyOpeningHasAClientIdOfItsOwn() {
    Scope notes = open("phone").scope(DEMO);
    OpenDocument first = notes.document("minutes");
    assertThat(notes.document("minutes")).isSameAs(first);
    long used = first.<Long>read(Document::clientId);
    type(first, 0, "kept");
    first.close();
    OpenDocument second = notes.document("minutes");

    assertThat(body(second)).isEqualTo("kept");
    assertThat(second.<Long>read(Document::clientId)).isNotEqualTo(used);
    assertThatThrownBy(() -> type(first, 0, "late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void anEditThatChangesNothingIsNoWrite() {
    OpenDocument minutes = open("phone").scope(DEMO).document("minutes");

    assertThat(minutes.edit(document -> document.text("body").insert(0, ""))).isEmpty();
  }

  @Test
  void anEditWithinAnEditBelongsToIt() {
    Anabranch phone = open("phone");
    phone.goOffline();
    OpenDocument minutes = phone.scope(DEMO).document("minutes");
    minutes.edit(document -> {
      document.text("body").insert(0, "outer");
      assertThat(minutes.edit(same -> same.text("body").insert(0, "inner "))).isEmpty();
    });

    assertThat(body(minutes)).isEqualTo("inner outer");
    assertThat(phone.status().pending()).isEqualTo(1);
  }

  @Test
  void whatAnObserverEditsIsStoredToo() {
    OpenDocument one = open("one").scope(DEMO).document("minutes");
    OpenDocument two = open("two").scope(DEMO).document("minutes");
    two.watch(document ->
        document
            .text("body")
            .observe(event -> {
              if (!event.transaction().isLocal()) {
                document.map("meta").put("length", Any.of(document.text("body").length()));
              }
            }));
    type(one, 0, "four");

    await()
        .atMost(PATIENCE)
        .until(() -> one.<Boolean>read(document -> document.map("meta").get("length") != null));
  }

  @Test
  void whatWasEditedBeforeAFailureIsStored() {
    OpenDocument minutes = open("phone").scope(DEMO).document("minutes");
    assertThatThrownBy(() ->
            minutes.edit(document -> {
              document.text("body").insert(0, "half");
              throw new IllegalArgumentException("no more");
            }))
        .hasMessage("no more");
    minutes.close();

    assertThat(body(clients.getFirst().scope(DEMO).document("minutes"))).isEqualTo("half");
  }

  @Test
  void aPastedTextOfAMegabyteGoesInPartsAndReachesTheOtherDevice() throws Exception {
    OpenDocument one = open("one").scope(DEMO).document("minutes");
    OpenDocument two = open("two").scope(DEMO).document("minutes");
    type(one, 0, "[]");
    String pasted = "an 😀 ".repeat(200_000);

    PendingWrite last = one.edit(inner -> inner.text("body").insert(1, pasted)).orElseThrow();
    type(one, 1, "!");

    assertThat(last.await(PATIENCE)).isInstanceOf(WriteOutcome.Applied.class);
    untilBothSay("[!" + pasted + "]", one, two);
    assertThat(server.document(one.key()).text("body").text()).isEqualTo("[!" + pasted + "]");
  }

  @Test
  void anEditWithAValueThatCannotBeCutIsTakenBack() {
    OpenDocument minutes = open("phone").scope(DEMO).document("minutes");
    type(minutes, 0, "fine");
    List<Long> watched = new ArrayList<>();
    minutes.watch(document -> {
      watched.add(document.clientId());
      return document.text("body").observe(event -> {});
    });

    assertThatThrownBy(() -> putPicture(minutes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a value of 2621")
        .hasMessageContaining("allowed are 262144");
    assertThat(body(minutes)).isEqualTo("fine");
    assertThat(watched).hasSize(2).doesNotHaveDuplicates();
    type(minutes, 4, "!");
    assertThat(body(minutes)).isEqualTo("fine!");
  }

  private static void putPicture(OpenDocument document) {
    byte[] picture = new byte[Draft.BODY_BYTES_MAX];
    document.edit(inner -> {
      inner.text("body").insert(0, "a picture: ");
      inner.map("meta").put("picture", Any.of(picture));
    });
  }

  @Test
  void theApplicationIsToldOfAnObserversEditThatCannotBeSent() {
    Anabranch phone = open("phone");
    OpenDocument one = open("one").scope(DEMO).document("minutes");
    OpenDocument two = phone.scope(DEMO).document("minutes");
    List<String> troubles = new CopyOnWriteArrayList<>();
    phone.onTrouble(troubles::add);
    byte[] picture = new byte[Draft.BODY_BYTES_MAX];
    two.watch(document ->
        document
            .text("body")
            .observe(event -> document.map("meta").put("picture", Any.of(picture))));
    type(one, 0, "four");

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(troubles).anyMatch(detail -> detail.contains("an observer did")));
    assertThat(body(two)).isEqualTo("four");
  }

  @Test
  void aFullQueueRefusesAnEditBeforeItIsMade() {
    Anabranch phone = open("phone");
    phone.goOffline();
    Scope notes = phone.scope(DEMO);
    OpenDocument minutes = notes.document("minutes");
    for (int number = 0; number < IMPATIENT.pendingMax(); number++) {
      notes.put("Note", "n", Fields.fields("n", number));
    }

    assertThatThrownBy(() -> type(minutes, 0, "no")).isInstanceOf(QueueFull.class);
    assertThat(body(minutes)).isEmpty();
  }

  @Test
  void aDeletedDocumentIsReplacedByAnEmptyOne() {
    OpenDocument one = open("one").scope(DEMO).document("minutes");
    Scope there = open("two").scope(DEMO);
    OpenDocument two = there.document("minutes");
    type(one, 0, "gone");
    await().atMost(PATIENCE).until(() -> body(two).equals("gone"));
    there.delete(Scope.DOCUMENT, "minutes");

    untilBothSay("", one, two);
    type(one, 0, "new");
    untilBothSay("new", one, two);
  }

  /// A child process types numbers as fast as it can and says each one once it is stored; it is
  /// killed with −9, three times, offline and online in turn. What it said is in the document.
  @Test
  void aKilledClientLosesNoEditAndDoublesNone() throws Exception {
    int said = 0;
    for (int kill = 0; kill < 4; kill++) {
      said = runChild(said, kill < 3 ? said + 60 : Integer.MAX_VALUE, kill % 2 == 0);
    }
    Anabranch phone = open("child");
    OpenDocument minutes = phone.scope(DEMO).document("minutes");
    assertThat(phone.awaitQuiet(PATIENCE)).isTrue();

    StringBuilder all = new StringBuilder();
    for (int number = 0; number < 300; number++) {
      all.append(number).append(' ');
    }
    assertThat(body(minutes)).isEqualTo(all.toString());
    assertThat(server.document(minutes.key()).text("body").text()).isEqualTo(all.toString());
  }

  private int runChild(int from, int until, boolean offline)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Child.class.getName(),
                server.url(),
                folder.resolve("child.db").toString(),
                Boolean.toString(offline && until < Integer.MAX_VALUE))
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

    /// Types the numbers that are not there yet, up to 299.
    public static void main(String[] arguments) throws Exception {
      try (Anabranch client = Anabranch.open(arguments[0], Path.of(arguments[1]))) {
        if (Boolean.parseBoolean(arguments[2])) {
          client.goOffline();
        }
        OpenDocument minutes = client.scope(DEMO).document("minutes");
        String text = body(minutes);
        int number = text.isEmpty() ? 0 : Integer.parseInt(text.trim().replaceAll(".* ", "")) + 1;
        while (number < 300) {
          String next = number + " ";
          minutes.edit(
              document -> document.text("body").insert(document.text("body").length(), next));
          System.out.println(number);
          number++;
        }
        client.awaitQuiet(PATIENCE);
      }
    }
  }
}
