package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.ids;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.NostrFault;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import dev.anabranch.protocol.nostr.server.WritePolicy.Ruling;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an operator says of the relay in `anabranch.toml`: who may write which kinds, and which
/// program judges. How much is kept is [RelayUpkeepContract].
@Timeout(120)
@SuppressWarnings("NullAway.Init") // each test serves first
class RelayPolicyTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  @TempDir Path folder;

  private final PlainDisk disk = new PlainDisk();
  private Served served;
  private NostrClient client;

  private void serve(String nostr) {
    serve(nostr, WritePolicy.NONE);
  }

  private void serve(String nostr, WritePolicy policy) {
    Path file = folder.resolve("anabranch.toml");
    write(file, "[nostr]\n" + nostr);
    served =
        Served.open(
            new ConfigurationSource()
                .file(file)
                .flag("server.port", Optional.of(0))
                .flag("server.data", Optional.of(folder.toString()))
                .read(),
            () -> MemoryStore.open(disk),
            policy);
    client = NostrClient.of(served);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  // Rules of kinds.

  @Test
  void aRuleSaysWhoMayWriteItsKindsWhateverHoldsForTheOthers() {
    serve(
        """
        writers = "members"
        members = ["%s"]
        [[nostr.rules]]
        kinds = ["10002", "20000-29999"]
        writers = "anyone"
        [[nostr.rules]]
        kinds = ["30000-39999"]
        writers = "authenticated"
        """
            .formatted(ANN.publicKey()));
    client.publish(note(ANN, NOW, "a member's"), event(BOB, 10_002, NOW, ""));
    assertThat(client.answer(note(BOB, NOW, "a stranger's"))).startsWith("false auth-required: ");
    assertThat(client.answer(event(BOB, 30_023, NOW, ""))).startsWith("false auth-required: ");
    client.authenticate(BOB);
    client.publish(event(BOB, 30_023, NOW, ""));
    assertThat(client.answer(note(BOB, NOW, "a stranger's"))).startsWith("false restricted: ");
  }

  @Test
  void aRuleAsksForWorkAndShortContentOfItsKinds() {
    serve(
        """
        [[nostr.rules]]
        kinds = ["1"]
        work_bits_min = 200
        [[nostr.rules]]
        content_chars_max = 5
        """);
    assertThat(client.answer(note(ANN, NOW, "no work done"))).startsWith("false pow: ");
    assertThat(client.answer(event(ANN, 7, NOW, "123456")))
        .isEqualTo("false invalid: the content has 6 characters; of kind 7 at most 5");
    client.publish(event(ANN, 7, NOW, "12345"));
  }

  @Test
  void aKeyThatADirectoryOfNamesListsIsAMember() throws IOException {
    HttpServer directory = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    byte[] names = "{\"names\":{\"ann\":\"%s\"}}".formatted(ANN.publicKey()).getBytes(UTF_8);
    directory.createContext(
        "/.well-known/nostr.json",
        exchange -> {
          exchange.sendResponseHeaders(200, names.length);
          exchange.getResponseBody().write(names);
          exchange.close();
        });
    directory.createContext("/broken", exchange -> exchange.sendResponseHeaders(302, -1));
    directory.start();
    String base = "http://127.0.0.1:" + directory.getAddress().getPort();
    serve(
        """
        writers = "members"
        members_from = ["%1$s/.well-known/nostr.json", "%1$s/broken"]
        """
            .formatted(base));
    while (client.answer(note(ANN, NOW, "listed")).startsWith("false auth-required: ")) {
      NostrClient.pause();
    }
    client.publish(note(ANN, NOW + 1, "listed"));
    assertThat(client.answer(note(BOB, NOW, "not"))).startsWith("false auth-required: ");
    directory.stop(0);
  }

  @Test
  void directoriesOfNamesThatAnAdministratorNamesAreAskedAtOnce() throws IOException {
    HttpServer directory = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    byte[] names = "{\"names\":{\"ann\":\"%s\"}}".formatted(ANN.publicKey()).getBytes(UTF_8);
    directory.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, names.length);
          exchange.getResponseBody().write(names);
          exchange.close();
        });
    directory.start();
    serve("writers = \"members\"\nadministrators = [\"%s\"]\n".formatted(BOB.publicKey()));
    assertThat(client.answer(note(ANN, NOW, "a"))).startsWith("false auth-required: ");
    String base = "http://127.0.0.1:" + directory.getAddress().getPort() + "/names.json";
    Administrator admin = new Administrator(served, BOB);
    admin.does("changepolicy", "\"members_from\"", "[\"" + base + "\"]");
    while (client.answer(note(ANN, NOW, "listed")).startsWith("false auth-required: ")) {
      NostrClient.pause();
    }
    admin.does("resetpolicy", "\"members_from\"");
    int said = 0;
    while (client.answer(note(ANN, NOW, "gone " + said++)).startsWith("true")) {
      NostrClient.pause();
    }
    directory.stop(0);
  }

  @Test
  void aBlockedRangeOfAddressesMayNotSpeak() {
    serve("blocked = [\"127.0.0.0/8\", \"::1\"]\n");
    assertThat(client.say("[\"REQ\",\"s\",{}]").frame()).startsWith("[\"NOTICE\",\"blocked: ");
    assertThat(client.ended()).isEqualTo(1008);
  }

  @Test
  void whereSomeAddressesAreAllowedNobodyElseMaySpeak() {
    serve("allowed = [\"192.0.2.0/24\"]\n");
    assertThat(client.say("[\"REQ\",\"s\",{}]").frame()).startsWith("[\"NOTICE\",\"blocked: ");
    assertThat(client.ended()).isEqualTo(1008);
    close();
    serve("allowed = [\"127.0.0.0/8\", \"::1\"]\n");
    client.publish(note(ANN, NOW, "let in"));
    close();
    serve("allowed = [\"127.0.0.0/8\", \"::1\"]\nblocked = [\"127.0.0.1\", \"::1\"]\n");
    assertThat(client.say("[\"REQ\",\"s\",{}]").frame()).startsWith("[\"NOTICE\",\"blocked: ");
    assertThat(client.ended()).isEqualTo(1008);
  }

  // The program that judges.

  private String program(String script) {
    Path file = folder.resolve("judge.sh");
    write(file, "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return "write_policy = [\"" + file + "\"]\n";
  }

  /// Reads events and answers as a function `judge` of a line says.
  private static String judging(String cases) {
    return """
    while read -r line; do
      rest=${line#*\\"id\\":\\"}
      id=${rest%%%%\\"*}
      case "$line" in
    %s
      esac
    done
    """
        .formatted(cases);
  }

  @Test
  void aProgramAcceptsRejectsOrPretends() {
    serve(
        program(
            judging(
                """
                *wicked*) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"reject\\",\\"msg\\":\\"pow: work harder\\"}" ;;
                *ugly*) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"reject\\",\\"msg\\":\\"not this\\"}" ;;
                *ghost*) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"shadowReject\\"}" ;;
                *IP4*127.0.0.1*) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"accept\\"}" ;;
                """)));
    Event good = note(ANN, NOW, "good");
    client.publish(good);
    assertThat(client.answer(note(ANN, NOW, "wicked"))).isEqualTo("false pow: work harder");
    assertThat(client.answer(note(ANN, NOW, "ugly"))).isEqualTo("false blocked: not this");
    assertThat(client.answer(note(ANN, NOW, "ghost"))).isEqualTo("true ");
    assertThat(client.ids("{}")).isEqualTo(ids(good));
  }

  @Test
  void aPolicyOfTheProcessJudgesBeforeTheProgramDoes() {
    WritePolicy policy =
        (event, sender) ->
            CompletableFuture.completedFuture(
                switch (event.content()) {
                  case "wicked" -> new Ruling.Reject(NostrFault.UNWANTED, "not by us");
                  case "ghost" -> new Ruling.Pretend();
                  default -> new Ruling.Accept();
                });
    serve(
        program(
            judging(
                """
                *ugly*) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"reject\\",\\"msg\\":\\"not this\\"}" ;;
                *) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"accept\\"}" ;;
                """)),
        policy);
    Event good = note(ANN, NOW, "good");
    client.publish(good);
    assertThat(client.answer(note(ANN, NOW, "wicked"))).isEqualTo("false blocked: not by us");
    assertThat(client.answer(note(ANN, NOW, "ghost"))).isEqualTo("true ");
    assertThat(client.answer(note(ANN, NOW, "ugly"))).isEqualTo("false blocked: not this");
    assertThat(client.ids("{}")).isEqualTo(ids(good));
    close();
    serve("", policy);
    client.publish(note(ANN, NOW, "ugly"));
    assertThat(client.answer(note(ANN, NOW, "wicked"))).isEqualTo("false blocked: not by us");
  }

  @Test
  void aProgramThatHangsIsEndedAndItsEventsAreRefusedUntilItRunsAgain() {
    serve(
        program(
                judging(
                    """
                    *hang*) sleep 60 ;;
                    *) echo "{\\"id\\":\\"$id\\",\\"action\\":\\"accept\\"}" ;;
                    """))
            + "write_policy_timeout_millis = 300\n");
    client.publish(note(ANN, NOW, "one"));
    assertThat(client.answer(note(ANN, NOW, "hang")))
        .isEqualTo(
            "false error: the relay's write policy did not answer; publish again in a moment");
    Event again = note(ANN, NOW, "again");
    String answer = client.answer(again);
    while (answer.startsWith("false error: ")) {
      answer = client.answer(again);
    }
    assertThat(answer).isEqualTo("true ");
    assertThat(served.get("/metrics").body()).contains("anabranch_nostr_unjudged_total");
  }

  @Test
  void aProgramThatReadsNothingHoldsNobodyUp() {
    serve(program("exec sleep 60\n") + "write_policy_timeout_millis = 200\n");
    for (int index = 0; index < 4; index++) {
      assertThat(client.answer(note(ANN, NOW, index + "x".repeat(60_000))))
          .startsWith("false error: ");
    }
  }

  @Test
  void whatAProgramStartedEndsWithItAndHoldsNobodyUpEither() {
    Path started = folder.resolve("started");
    serve(
        program("sleep 600 &\necho $! >> " + started + "\nsleep 600\n")
            + "write_policy_timeout_millis = 200\n");
    for (int index = 0; index < 4; index++) {
      assertThat(client.answer(note(ANN, NOW, index + "é".repeat(60_000))))
          .startsWith("false error: ");
    }
    List<String> ids = lines(started);
    assertThat(ids).isNotEmpty();
    for (String id : ids) {
      while (ProcessHandle.of(Long.parseLong(id)).filter(ProcessHandle::isAlive).isPresent()) {
        NostrClient.pause();
      }
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aProgramThatSaysNonsenseOrEndsLetsEventsInWhereItIsToldTo() {
    serve(program("echo nonsense\n") + "write_policy_accepts_on_failure = true\n");
    client.publish(note(ANN, NOW, "one"), note(ANN, NOW, "two"));
    close();
    serve("write_policy = [\"" + folder.resolve("absent") + "\"]\n");
    assertThat(client.answer(note(ANN, NOW, "three"))).startsWith("false error: ");
  }
}
