package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Shell;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.rule.ProofOfWork;
import dev.anabranch.nostr.text.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `anabranch nostr …` as a script uses it, against our own relay.
class NostrCommandsTest {

  @TempDir Path folder;

  private final TestRelay relay;
  private final Shell shell;
  private String key = "";

  NostrCommandsTest(@TempDir Path data) {
    relay = TestRelay.on(data);
    shell = new Shell().with("ANABRANCH_RELAY", relay.url());
  }

  @BeforeEach
  void makeKey() {
    key = folder.resolve("me.key").toString();
    Shell.Result made = shell.run("nostr", "keygen", key);
    assertThat(made.exitCode()).as(made.err()).isZero();
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private static JsonObject json(String line) {
    return JsonDecoder.stored(line);
  }

  private static Event event(String line) {
    return Event.parse(line.getBytes(StandardCharsets.UTF_8), EventLimits.NONE).orThrow();
  }

  private List<Event> stored(String... filter) {
    return told(shell, Stream.concat(Stream.of("nostr", "req", "--stored"), Stream.of(filter)));
  }

  private static List<Event> told(Shell shell, Stream<String> command) {
    Shell.Result result = shell.run(command.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.lines().stream().map(NostrCommandsTest::event).toList();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  // keygen

  @Test
  void aKeyIsMadeInAFileOfItsOwnerAndItsPublicHalfIsShown() throws IOException {
    String file = folder.resolve("other.key").toString();
    Shell.Result made = shell.run("nostr", "keygen", file, "--json");
    JsonObject shown = json(made.out());
    assertThat(shown.string("npub"))
        .hasValueSatisfying(npub -> assertThat(npub).startsWith("npub1"));
    assertThat(Files.readString(Path.of(file))).startsWith("nsec1");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))))
        .isEqualTo("rw-------");
    assertThat(made.out() + made.err()).doesNotContain("nsec1");
    assertThat(shell.run("nostr", "keygen", "--show", file).out().strip())
        .isEqualTo(shown.string("npub").orElseThrow());
  }

  @Test
  void aKeyIsNeverWrittenOverAndNeverReadWhereOthersCan() throws IOException {
    Shell.Result again = shell.run("nostr", "keygen", key);
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("is there already");
    Files.setPosixFilePermissions(Path.of(key), PosixFilePermissions.fromString("rw-r--r--"));
    Shell.Result loose = shell.run("nostr", "publish", "--content", "x", "--key-file", key);
    assertThat(loose.exitCode()).isEqualTo(2);
    assertThat(loose.err()).contains("chmod 600");
  }

  // publish, req

  @Test
  void whatIsPublishedIsFound() {
    Shell.Result published =
        shell.run(
            "nostr",
            "publish",
            "--key-file",
            key,
            "--content",
            "Hello",
            "--tag",
            "t=greeting",
            "--tag",
            "e=" + "a".repeat(64) + ";wss://x;root");
    assertThat(published.exitCode()).as(published.err()).isZero();
    assertThat(json(published.out()).string("id")).isPresent();
    List<Event> found = stored("--kind", "1", "--tag", "t=greeting");
    assertThat(found).hasSize(1);
    Event hello = found.getFirst();
    assertThat(hello.content()).isEqualTo("Hello");
    assertThat(hello.id().hex()).isEqualTo(json(published.out()).string("id").orElseThrow());
    assertThat(hello.tags().getLast().values())
        .containsExactly("e", "a".repeat(64), "wss://x", "root");
    String npub = new Entity.Npub(hello.author()).text();
    assertThat(stored("--author", npub)).containsExactly(hello);
    assertThat(stored("--id", new Entity.Note(hello.id()).text())).containsExactly(hello);
    assertThat(stored("--filter", "{\"kinds\":[7]}")).isEmpty();
    assertThat(stored("--search", "hello")).containsExactly(hello);
  }

  @Test
  void eventsOnStandardInputAreSignedOrTakenAsTheyAre() {
    Event signed = Events.event(Events.key(5), 1, Events.THEN, "signed elsewhere");
    Shell.Result published =
        shell.runWithInput(
            "{\"kind\":30023,\"content\":\"x\",\"tags\":[[\"d\",\"a\"]],\"created_at\":1600000000}\n\n"
                + signed.json()
                + "\n",
            "nostr",
            "publish",
            "--key-file",
            key);
    assertThat(published.exitCode()).as(published.err()).isZero();
    assertThat(published.lines()).hasSize(2);
    assertThat(stored()).hasSize(2).contains(signed);
    assertThat(stored("--kind", "30023").getFirst().createdAtSeconds()).isEqualTo(1_600_000_000);
  }

  @Test
  void workIsPutIntoTheId() {
    Shell.Result published =
        shell.run("nostr", "publish", "--key-file", key, "--content", "x", "--pow", "10");
    String id = json(published.out()).string("id").orElseThrow();
    assertThat(ProofOfWork.bits(new EventId(id))).isGreaterThanOrEqualTo(10);
    assertThat(ProofOfWork.isEnough(stored("--id", id).getFirst(), 10)).isTrue();
  }

  @Test
  void aKeyMayStandInTheEnvironment() throws IOException {
    Shell other =
        new Shell()
            .with("ANABRANCH_RELAY", relay.url())
            .with("ANABRANCH_NOSTR_KEY", Files.readString(Path.of(key)));
    assertThat(other.run("nostr", "publish", "--content", "x").exitCode()).isZero();
  }

  @Test
  void whatIsWrongWithAnEventIsSaidAndIsMisuse() {
    Shell.Result keyless = shell.run("nostr", "publish", "--content", "x");
    assertThat(keyless.exitCode()).isEqualTo(2);
    assertThat(keyless.err()).contains("anabranch nostr keygen");
    Event note = Events.notes(1).getFirst();
    String forged = note.json().replace("note 0", "forged");
    Shell.Result wrong = shell.runWithInput(note.json() + "\n" + forged, "nostr", "publish");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("line 2", "the id of what it says");
    assertThat(shell.runWithInput("[]", "nostr", "publish").err()).contains("line 1");
    assertThat(shell.run("nostr", "publish").err()).contains("there is no event");
    assertThat(shell.run("nostr", "req", "--filter", "{\"kinds\":1}").exitCode()).isEqualTo(2);
    assertThat(shell.run("nostr", "req", "--author", "nobody").exitCode()).isEqualTo(2);
    assertThat(shell.run("nostr", "req", "--relay", "ftp://x").exitCode()).isEqualTo(2);
    assertThat(shell.run("nostr").exitCode()).isEqualTo(2);
  }

  @Test
  void senselessNumbersAreMisuseAndTheRangeIsNamed() {
    for (String[] each :
        new String[][] {
          {"--count", "0", "1 or more"},
          {"--limit", "-1", "0 or more"},
          {"--since", "-5", "0 or more"},
          {"--until", "-5", "0 or more"},
          {"--kind", "65536", "0 to 65535"}
        }) {
      Shell.Result req = shell.run("nostr", "req", "--stored", each[0], each[1]);
      assertThat(req.exitCode()).isEqualTo(2);
      assertThat(req.err())
          .isEqualTo("anabranch: " + each[0] + " is " + each[2] + ", not " + each[1] + "\n");
    }
    for (String option : List.of("--created-at", "--wait", "--pow")) {
      Shell.Result publish =
          shell.run("nostr", "publish", "--key-file", key, "--content", "x", option, "-1");
      assertThat(publish.exitCode()).isEqualTo(2);
      assertThat(publish.err()).contains(option + " is 0 ", ", not -1");
    }
    assertThat(stored()).isEmpty();
    assertThat(shell.run("nostr", "req", "--relay", "ws://127.0.0.1:99999").exitCode())
        .isEqualTo(2);
  }

  @Test
  void aRefusalIsNoAndASilentRelayIsUnreachable() {
    Shell.Result expired =
        shell.run("nostr", "publish", "--key-file", key, "--content", "x", "--tag", "expiration=1");
    assertThat(expired.exitCode()).isEqualTo(1);
    assertThat(expired.err()).contains("invalid: ");
    Shell.Result away =
        shell.run(
            "nostr",
            "publish",
            "--key-file",
            key,
            "--content",
            "x",
            "--relay",
            "ws://127.0.0.1:1",
            "--wait",
            "1");
    assertThat(away.exitCode()).isEqualTo(3);
    assertThat(away.err()).contains("ws://127.0.0.1:1/", "no answer in time");
    Shell.Result req = shell.run("nostr", "req", "--stored", "--relay", "ws://127.0.0.1:1");
    assertThat(req.exitCode()).isEqualTo(3);
    Shell.Result secret = shell.run("nostr", "req", "--kind", "1059", "--stored");
    assertThat(secret.exitCode()).isEqualTo(1);
    assertThat(secret.err()).contains("auth-required:");
  }

  @Test
  void whatIsQueuedGoesOutWithTheNextPublish() {
    String queue = folder.resolve("outbox.db").toString();
    relay.stop();
    Shell.Result offline =
        shell.run(
            "nostr",
            "publish",
            "--key-file",
            key,
            "--content",
            "from the train",
            "--queue",
            queue,
            "--wait",
            "1");
    assertThat(offline.exitCode()).isEqualTo(3);
    assertThat(offline.err()).contains("1 events wait in");
    relay.start();
    Shell.Result online =
        shell.run("nostr", "publish", "--key-file", key, "--content", "arrived", "--queue", queue);
    assertThat(online.exitCode()).as(online.err()).isZero();
    assertThat(stored()).extracting(Event::content).contains("from the train", "arrived");
  }

  @Test
  void reqWithACacheTellsEachEventOnceOverRestarts() {
    String cache = folder.resolve("cache.db").toString();
    shell.run("nostr", "publish", "--key-file", key, "--content", "one");
    assertThat(stored("--cache", cache)).hasSize(1);
    assertThat(stored("--cache", cache)).isEmpty();
    shell.run("nostr", "publish", "--key-file", key, "--content", "two", "--created-at", "1000");
    assertThat(stored("--cache", cache)).extracting(Event::content).containsExactly("two");
  }

  @Test
  void reqEndsAfterACount() {
    shell.runWithInput(Events.lines(Events.notes(10)), "nostr", "import");
    assertThat(told(shell, Stream.of("nostr", "req", "--count", "4"))).hasSize(4);
  }

  // import, export

  @Test
  void whatIsExportedIsImportedElsewhereAndBadLinesAreNamed(@TempDir Path elsewhere)
      throws IOException {
    List<Event> notes = Events.notes(1_200);
    Path lines = file("events.jsonl", Events.lines(notes));
    Shell.Result in = shell.run("nostr", "import", lines.toString(), "--json");
    assertThat(in.exitCode()).as(in.err()).isZero();
    assertThat(in.out()).contains("\"lines\":1200,\"bad\":0", "\"taken\":1200");
    assertThat(shell.run("nostr", "import", lines.toString()).out()).contains("1200 known");
    Shell.Result out = shell.run("nostr", "export");
    assertThat(out.lines().stream().map(NostrCommandsTest::event).toList())
        .containsExactlyInAnyOrderElementsOf(notes);
    String forged = notes.get(7).json().replace("note 7", "note 8");
    String mixed = "{\"no\":1}\n" + out.out() + forged + "\nnot json\n";
    try (TestRelay other = TestRelay.on(elsewhere)) {
      Shell.Result mostly =
          shell.runWithInput(mixed, "nostr", "import", "--relay", other.url(), "--json");
      assertThat(mostly.exitCode()).isEqualTo(1);
      assertThat(mostly.out()).contains("\"bad\":3", "\"taken\":1200");
      assertThat(mostly.err()).contains("line 1: ", "line 1202: the id", "line 1203: ");
      assertThat(shell.run("nostr", "export", "--relay", other.url()).lines()).hasSize(1_200);
    }
  }

  @Test
  void aStoppedServersFolderIsImportedIntoAndExported(@TempDir Path stopped) {
    List<Event> notes = Events.notes(300);
    String data = stopped.resolve("data").toString();
    Shell.Result in = shell.runWithInput(Events.lines(notes), "nostr", "import", "--data", data);
    assertThat(in.exitCode()).as(in.err()).isZero();
    Shell.Result out = shell.run("nostr", "export", "--data", data, "--limit", "100");
    assertThat(out.lines()).hasSize(100);
    assertThat(new Shell().run("check", "--data", data).exitCode()).isZero();
    Shell.Result nowhere = shell.run("nostr", "export", "--data", stopped + "/none");
    assertThat(nowhere.exitCode()).isEqualTo(2);
  }

  @Test
  void exportOfAFolderLeavesNothingOutAndThatOfARelayWhatAClientMayNotSee(@TempDir Path stopped) {
    String data = stopped.resolve("data").toString();
    Event open = Events.event(Events.key(1), 1, Events.THEN, "open");
    Event chat =
        Events.event(
            Events.key(1),
            30_001,
            Events.THEN,
            "{\"messages\":[{\"id\":\"m1\",\"content\":\"private\"}]}",
            Tag.of("d", "c1"));
    Event settings = Events.event(Events.key(1), 10_001, Events.THEN, "{\"ui\":{}}");
    Event reaction = Events.event(Events.key(1), 7, Events.THEN, "+", Tag.of("h", "c1"));
    try (TestRelay relay = TestRelay.on(stopped.resolve("data"))) {
      Shell.Result in =
          shell.runWithInput(
              Events.lines(List.of(open, chat, settings, reaction)),
              "nostr",
              "import",
              "--relay",
              relay.url());
      assertThat(in.exitCode()).as(in.err()).isZero();
      assertThat(shell.run("nostr", "export", "--relay", relay.url()).lines())
          .containsExactly(open.json());
    }
    Shell.Result out = shell.run("nostr", "export", "--data", data);
    assertThat(out.exitCode()).as(out.err()).isZero();
    assertThat(out.lines())
        .contains(open.json(), chat.json(), settings.json(), reaction.json())
        .hasSize(5) // and the bridge's of m1
        .anyMatch(line -> line.contains("\"proxy\""));
  }

  @Test
  void aStoppedServerKeepsItsNameWhileItIsImportedInto(@TempDir Path stopped) throws IOException {
    Path config = stopped.resolve("anabranch.toml");
    Files.writeString(config, "[nostr]\nurl = \"wss://relay.example/\"\n");
    String data = stopped.resolve("data").toString();
    long now = System.currentTimeMillis() / 1000;
    Event chat =
        Events.event(
            Events.key(2),
            30_001,
            Events.THEN,
            "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}]}",
            Tag.of("d", "c1"));
    Event vanish =
        Events.event(Events.key(1), 62, now, "", Tag.of("relay", "wss://relay.example/"));
    Event mine = Events.event(Events.key(3), 1, Events.THEN, "protected", Tag.of("-"));
    Path secret = file("three.key", Hex.of(Events.key(3).secretBytes()));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Shell.Result in =
        shell.runWithInput(
            Events.lines(List.of(chat, vanish, mine)),
            "nostr",
            "import",
            "--data",
            data,
            "--config",
            config.toString(),
            "--key-file",
            secret.toString());
    assertThat(in.exitCode()).as(in.out() + in.err()).isZero();
    assertThat(shell.run("nostr", "export", "--data", data).out())
        .contains("https://relay.example/api/Message/m1");
  }

  /// The reaction's place is looked up before it is committed: a chat must be there by then.
  @Test
  void whatFollowsItsChatInAFileStandsInTheChat(@TempDir Path data) {
    List<Event> events = new ArrayList<>();
    for (int chat = 0; chat < 100; chat++) {
      Tag d = Tag.of("d", "c" + chat);
      Tag h = Tag.of("h", "c" + chat);
      events.add(Events.event(Events.key(1), 30_001, Events.THEN, "{\"metadata\":{}}", d));
      events.add(Events.event(Events.key(1), 7, Events.THEN, "+", h));
    }
    try (TestRelay relay = TestRelay.on(data)) {
      Shell.Result in =
          shell.runWithInput(Events.lines(events), "nostr", "import", "--relay", relay.url());
      assertThat(in.exitCode()).as(in.err()).isZero();
    }
    Shell.Result log = new Shell().run("export", "--data", data.toString());
    for (int chat = 0; chat < 100; chat++) {
      String scope = "\"scope\":\"chat:c" + chat + "\"";
      assertThat(log.lines()).anyMatch(line -> line.contains(scope) && line.contains("\"kind\":7"));
    }
  }

  @Test
  void exportFindsEverythingOfOneSecond(@TempDir Path data) {
    List<Event> same = new ArrayList<>();
    for (int index = 0; index < 2_500; index++) {
      same.add(Events.event(Events.key(index % 5), 1, Events.THEN, "at once " + index));
    }
    shell.runWithInput(Events.lines(same), "nostr", "import");
    assertThat(shell.run("nostr", "export").lines()).hasSize(2_500);
  }

  // sync

  @Test
  void twoRelaysExchangeWhatOnlyOneHas(@TempDir Path elsewhere) {
    List<Event> notes = Events.notes(900);
    try (TestRelay other = TestRelay.on(elsewhere)) {
      shell.runWithInput(Events.lines(notes.subList(0, 600)), "nostr", "import");
      shell.runWithInput(
          Events.lines(notes.subList(300, 900)), "nostr", "import", "--relay", other.url());
      Shell.Result down =
          shell.run("nostr", "sync", other.url(), "--direction", "down", "--kind", "1");
      assertThat(down.exitCode()).as(down.err()).isZero();
      assertThat(down.out()).contains("down: 300 new");
      Shell.Result both = shell.run("nostr", "sync", other.url(), "--json");
      assertThat(json(both.out()).get("up"))
          .hasToString("{\"taken\":300,\"known\":0,\"refused\":{}}");
      assertThat(shell.run("nostr", "export", "--relay", other.url()).lines()).hasSize(900);
      assertThat(shell.run("nostr", "sync", other.url()).out()).contains("down: 0 new; up: 0 new");
    }
  }

  @Test
  void aRelayThatReconcilesLittleAtOnceIsAskedTimeByTime(@TempDir Path elsewhere) {
    List<Event> notes = Events.notes(1_000);
    try (TestRelay other = TestRelay.on(elsewhere, Map.of("nostr.reconcile_max", 100))) {
      shell.runWithInput(Events.lines(notes), "nostr", "import", "--relay", other.url());
      shell.runWithInput(Events.lines(notes.subList(0, 500)), "nostr", "import");
      Shell.Result both = shell.run("nostr", "sync", other.url());
      assertThat(both.exitCode()).as(both.err()).isZero();
      assertThat(both.out()).contains("down: 500 new; up: 0 new");
    }
  }

  @Test
  void aRelayThatIsNotThereCannotBeSynced() {
    Shell.Result away = shell.run("nostr", "sync", "ws://127.0.0.1:1");
    assertThat(away.exitCode()).isEqualTo(3);
    assertThat(away.err()).contains("ws://127.0.0.1:1/ cannot be had");
  }

  // admin

  @Test
  void aManagementCallWithoutTheRightKeyIsRefused() {
    Shell.Result refused = shell.run("nostr", "admin", "listbannedpubkeys", "--key-file", key);
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err()).contains("the relay answers");
  }

  @Test
  void anEventOfAnotherRelayKeepsItsSignature() {
    Event note = Events.notes(1).getFirst();
    shell.runWithInput(note.json(), "nostr", "import");
    Event back = stored().getFirst();
    assertThat(Verification.of(back)).isInstanceOf(Verification.Verified.class);
    assertThat(back).isEqualTo(note);
  }

  @Test
  void whatStandsBeforeALineThatIsNoEventIsPublishedAndTold() {
    String lines = "{\"content\":\"one\"}\n{\"kind\":\"7\",\"content\":\"two\"}\n";
    Shell.Result result = shell.runWithInput(lines, "nostr", "publish", "--key-file", key);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("line 2: kind is a whole number of 0 to 65535, not \"7\"");
    assertThat(result.lines()).hasSize(1);
    assertThat(stored()).extracting(Event::content).containsExactly("one");
  }

  @Test
  void aKindThatIsNoneIsRefused() {
    String line = "{\"kind\":4294967297,\"content\":\"x\"}\n";
    Shell.Result result = shell.runWithInput(line, "nostr", "publish", "--key-file", key);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aStoppedServersFolderIsOpenWhateverCertificateItServesWith(@TempDir Path stopped) {
    Shell secured =
        new Shell()
            .with("ANABRANCH_TLS_CERTIFICATES", folder.resolve("none.pem").toString())
            .with("ANABRANCH_TLS_PRIVATE_KEY", folder.resolve("none.key").toString());
    String events = Events.lines(Events.notes(3));
    Shell.Result in = secured.runWithInput(events, "nostr", "import", "--data", stopped.toString());
    assertThat(in.exitCode()).as(in.err()).isZero();
  }

  @Test
  void whatACountedReadLeavesComesWithTheNextOne() {
    List<Event> notes = Events.notes(12);
    shell.runWithInput(Events.lines(notes), "nostr", "publish");
    String cache = folder.resolve("cache.db").toString();
    List<Event> told = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      told.addAll(told(shell, Stream.of("nostr", "req", "-n", "5", "--cache", cache)));
      assertThat(told).hasSize(5 * (part + 1));
    }
    told.addAll(told(shell, Stream.of("nostr", "req", "--stored", "--cache", cache)));
    assertThat(told).containsExactlyInAnyOrderElementsOf(notes);
    assertThat(told(shell, Stream.of("nostr", "req", "--stored", "--cache", cache))).isEmpty();
  }
}
