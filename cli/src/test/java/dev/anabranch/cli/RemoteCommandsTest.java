package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class RemoteCommandsTest {

  @TempDir static Path folder;

  private static RunningServer open;
  private static RunningServer guarded;
  private static Path operator;

  private final Shell shell = new Shell();
  private String scope = "";

  @BeforeAll
  static void serve() {
    Path data = folder.resolve("guarded");
    operator = file("operator", token(data, "--owner", "operator"));
    open = start(Map.of("server.data", folder.resolve("open").toString()));
    guarded = start(Map.of("server.data", data.toString(), "auth.mode", "token"));
  }

  @AfterAll
  static void stop() {
    open.close();
    guarded.close();
  }

  /// Each test has a scope of its own.
  @BeforeEach
  void nameScope(TestInfo test) {
    shell.with("ANABRANCH_URL", open.uri().toString());
    scope = "test:" + test.getTestMethod().orElseThrow().getName();
  }

  private static RunningServer start(Map<String, String> settings) {
    ConfigurationSource source = new ConfigurationSource().flag("server.port", Optional.of(0));
    settings.forEach((setting, value) -> source.flag(setting, Optional.of(value)));
    return Server.start(source.read());
  }

  /// A token made on the data folder, while no server has it open.
  private static String token(Path data, String... arguments) {
    String[] command = new String[arguments.length + 4];
    System.arraycopy(new String[] {"token", "create", "--data", data.toString()}, 0, command, 0, 4);
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    Shell.Result made = new Shell().run(command);
    assertThat(made.exitCode()).as(made.err()).isZero();
    return made.out();
  }

  private static Path file(String name, String content) {
    try {
      Path file = Files.writeString(folder.resolve(name), content);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private Shell operators() {
    return new Shell()
        .with("ANABRANCH_URL", guarded.uri().toString())
        .with("ANABRANCH_TOKEN_FILE", operator.toString());
  }

  @Test
  void putMakesAnEntityAndGetShowsIt() {
    Shell.Result put = shell.run("put", scope, "Note", "n1", "title=Hello", "done:=false");
    assertThat(put.exitCode()).as(put.err()).isZero();
    assertThat(shell.run("get", scope, "Note", "n1").out())
        .isEqualTo(put.out())
        .contains("\"version\":1", "\"title\":\"Hello\"", "\"done\":false");
  }

  private static JsonObject problem(Shell.Result failed, int exitCode) {
    assertThat(failed.exitCode()).isEqualTo(exitCode);
    assertThat(failed.err()).startsWith("anabranch: ");
    assertThat(failed.lines()).hasSize(1);
    JsonObject problem = JsonDecoder.stored(failed.out());
    assertThat(problem.number("exit")).hasValue(exitCode);
    assertThat(problem.string("detail")).isPresent();
    return problem;
  }

  @Test
  void aFailureIsJsonWhereJsonWasAskedForWithAllThatTheServerSent() {
    assertThat(shell.run("put", scope, "Note", "n1", "title=Hello").exitCode()).isZero();

    JsonObject stale =
        problem(shell.run("put", scope, "Note", "n1", "a=1", "--if-match", "9", "--json"), 1);
    assertThat(stale.string("code")).contains("conflict");
    assertThat(stale.number("status")).hasValue(412);
    assertThat(stale.text()).contains("\"current\":{\"id\":\"n1\"", "\"title\":\"Hello\"");
    JsonObject nothing = problem(shell.run("get", scope, "Note", "n2", "--json"), 1);
    assertThat(nothing.string("code")).contains("absent");
    assertThat(shell.run("get", scope, "Note", "n2").out()).isEmpty();
    Shell nowhere = new Shell().with("ANABRANCH_URL", "http://127.0.0.1:9");
    assertThat(problem(nowhere.run("status", "--json"), 3).string("code")).contains("unreachable");
    JsonObject misused = problem(shell.run("log", scope, "--limit", "0", "--json"), 2);
    assertThat(misused.string("code")).contains("misused");
  }

  @Test
  void aMisspelledOptionIsJsonToo() {
    Shell.Result misspelled = shell.run("get", scope, "Note", "n1", "--jsn", "--json");
    assertThat(misspelled.exitCode()).isEqualTo(2);
    assertThat(misspelled.out()).startsWith("{\"code\":\"misused\"").contains("--jsn");
    assertThat(misspelled.err()).contains("--jsn");
  }

  @Test
  void putTakesFieldsFromStandardInputAndLetsTheServerChooseTheId() {
    Shell.Result put =
        shell.runWithInput("{\"title\":\"Hi\",\"n\":null}", "put", scope, "Note", "-", "-");
    assertThat(put.out()).contains("\"title\":\"Hi\"", "\"id\":\"");
  }

  private void say(String text) {
    String path = "/api/document/notes%2Fmay?scope=" + scope.replace(":", "%3A");
    String set =
        "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"said\",\"value\":\"%s\"}]}"
            .formatted(text);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(open.uri().resolve(path))
              .header("Content-Type", "application/json")
              .method("PATCH", HttpRequest.BodyPublishers.ofString(set))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    } catch (IOException | InterruptedException broken) {
      throw new AssertionError(broken);
    }
  }

  @Test
  void documentKeepsListsComparesAndRestoresSnapshots() {
    String name = "notes/may";
    assertThat(shell.run("document", "read", scope, name).err()).contains("absent");
    say("before");
    Shell.Result kept =
        shell.run("document", "snapshot", scope, name, "monday", "--note", "the first", "--json");
    assertThat(kept.exitCode()).as(kept.err()).isZero();
    assertThat(shell.run("document", "snapshot", scope, name, "monday").exitCode()).isEqualTo(1);
    say("after");

    assertThat(shell.run("document", "snapshots", scope, name, "--json").out())
        .contains("\"snapshot\":\"monday\"", "\"note\":\"the first\"");
    assertThat(shell.run("document", "diff", scope, name, "monday", "--json").out())
        .contains("\"before\":\"before\"", "\"value\":\"after\"");
    assertThat(shell.run("document", "read", scope, name, "--snapshot", "monday", "--json").out())
        .contains("\"said\":\"before\"")
        .doesNotContain("\"body\"");
    Shell.Result back = shell.run("document", "restore", scope, name, "monday");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(shell.run("document", "read", scope, name, "--root", "meta:map", "--json").out())
        .contains("\"said\":\"before\"");
    assertThat(shell.run("document").exitCode()).isEqualTo(2);
  }

  @Test
  void putUnderTheSameKeyIsDoneOnce() {
    Shell.Result first = shell.run("put", scope, "Note", "n", "a=1", "--key", "k");
    assertThat(shell.run("put", scope, "Note", "n", "a=1", "--key", "k").out())
        .isEqualTo(first.out());
    Shell.Result other = shell.run("put", scope, "Note", "n", "a=2", "--key", "k");
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("key_reused", "anabranch help errors key_reused");
  }

  @Test
  void aKeyOrDeviceThatNoHeaderCarriesIsMisuseAndWritesNothing() {
    for (String text : List.of("schlüssel", "k\n", " k")) {
      Shell.Result key = shell.run("put", scope, "Note", "n", "a=1", "--key", text);
      assertThat(key.exitCode()).as(text).isEqualTo(2);
      assertThat(key.err()).contains("--key is ASCII", "/sync/push");
    }
    Shell.Result device = shell.run("patch", scope, "Note", "n", "a=1", "--device", "büro");
    assertThat(device.exitCode()).isEqualTo(2);
    assertThat(device.err()).contains("--device is ASCII");
    assertThat(shell.run("get", scope, "Note", "n").err()).contains("absent");
  }

  @Test
  void putNewRefusesWhatIsThere() {
    shell.run("put", scope, "Note", "n", "a=1");
    assertThat(shell.run("put", scope, "Note", "n", "a=2", "--new").exitCode()).isEqualTo(1);
  }

  @Test
  void patchChangesSomeFieldsAndNullRemovesOne() {
    shell.run("put", scope, "Note", "n", "a=1", "b=2");
    assertThat(shell.run("patch", scope, "Note", "n", "a:=null", "c=3").out())
        .contains("\"b\":\"2\"", "\"c\":\"3\"")
        .doesNotContain("\"a\"");
  }

  @Test
  void aStaleVersionIsAConflict() {
    shell.run("put", scope, "Note", "n", "a=1");
    shell.run("patch", scope, "Note", "n", "a=2");
    Shell.Result stale = shell.run("patch", scope, "Note", "n", "a=3", "--if-match", "1");
    assertThat(stale.exitCode()).isEqualTo(1);
    assertThat(stale.err()).contains("conflict");
  }

  @Test
  void deleteTakesItAwayAndGetFindsNothing() {
    shell.run("put", scope, "Note", "n", "a=1");
    assertThat(shell.run("delete", scope, "Note", "n").out()).contains("\"deleted\":true");
    Shell.Result get = shell.run("get", scope, "Note", "n");
    assertThat(get.exitCode()).isEqualTo(1);
    assertThat(get.err()).contains("absent");
  }

  @Test
  void idsWithSlashesAndSpacesSurviveTheWay() {
    shell.run("put", scope, "Note", "a/b c?ü", "a=1");
    assertThat(shell.run("get", scope, "Note", "a/b c?ü").out()).contains("\"id\":\"a/b c?ü\"");
  }

  @Test
  void logShowsChangesInOrderAndStopsAtTheLimit() {
    for (int index = 0; index < 5; index++) {
      shell.run("put", scope, "Note", "n" + index, "a=1");
    }
    assertThat(shell.run("log", scope).lines()).hasSize(5);
    assertThat(shell.run("log", scope, "--limit", "2").lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"seq\":1");
  }

  @Test
  void snapshotShowsWhatStandsAndEndsWithTheCursor() {
    shell.run("put", scope, "Note", "n", "a=1");
    shell.run("put", scope, "Other", "o", "a=1");
    assertThat(shell.run("snapshot", scope).lines())
        .hasSize(3)
        .last()
        .asString()
        .startsWith("{\"lastSyncId\":");
    assertThat(shell.run("snapshot", scope, "--model", "Other").lines()).hasSize(2);
  }

  @Test
  void tailFollowsFromAnIdAndEndsAfterACount() {
    shell.run("put", scope, "Note", "n1", "a=1");
    shell.run("put", scope, "Note", "n2", "a=1");
    Shell.Result tail = shell.run("tail", scope, "--after", "0", "--count", "2");
    assertThat(tail.exitCode()).isZero();
    assertThat(tail.lines()).hasSize(2).first().asString().contains("\"model_id\":\"n1\"");
  }

  @Test
  void tailWithAUselessCursorSaysSo() {
    shell.run("put", scope, "Note", "n1", "a=1");
    Shell.Result tail = shell.run("tail", scope, "--after", "999999999");
    assertThat(tail.exitCode()).isEqualTo(1);
    assertThat(tail.err()).contains("cursor_ahead", "anabranch snapshot");
  }

  @Test
  void statusSaysThatItServes() {
    Shell.Result status = shell.run("status");
    assertThat(status.exitCode()).isZero();
    assertThat(status.out()).contains("\"ready\":\"yes\"");
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    Shell.Result status = shell.run("status", "--url", "http://127.0.0.1:1");
    assertThat(status.exitCode()).isEqualTo(3);
    assertThat(status.err()).contains("nothing answers", "anabranch serve");
  }

  @Test
  void whatIsNoFieldOrNoAddressIsMisuse() {
    assertThat(shell.run("put", scope, "Note", "n", "title").exitCode()).isEqualTo(2);
    assertThat(shell.run("put", scope, "Note", "n", "title:={").exitCode()).isEqualTo(2);
    assertThat(shell.run("status", "--url", "ftp://x").exitCode()).isEqualTo(2);
  }

  @Test
  void whatIsNoAddressNoTokenAndNoHeaderIsMisuse() {
    for (String url : List.of("http://127.0.0.1:99999", "ftp://x")) {
      Shell.Result get = shell.run("get", scope, "Note", "n", "--url", url);
      assertThat(get.exitCode()).isEqualTo(2);
      assertThat(get.err()).contains("the address must be", url).hasLineCount(1);
    }
    Shell.Result blank = new Shell().with("ANABRANCH_URL", "http://a b").run("status");
    assertThat(blank.exitCode()).isEqualTo(2);
    assertThat(blank.err()).contains("the address must be").hasLineCount(1);
    Shell.Result key = shell.run("put", scope, "Note", "n", "a=1", "--key", "line\nline");
    assertThat(key.exitCode()).isEqualTo(2);
    assertThat(key.err()).contains("--key").hasLineCount(1);
    Shell.Result token = shell.with("ANABRANCH_TOKEN", "two\nlines").run("status");
    assertThat(token.exitCode()).isEqualTo(2);
    assertThat(token.err()).contains("ANABRANCH_TOKEN").hasLineCount(1);
  }

  @Test
  void senselessNumbersAreMisuseAndTheRangeIsNamed() {
    assertThat(shell.run("log", scope, "--limit", "-1").err())
        .contains("--limit is 1 or more, not -1");
    assertThat(shell.run("log", scope, "--limit", "0").exitCode()).isEqualTo(2);
    assertThat(shell.run("log", scope, "--after", "-1").exitCode()).isEqualTo(2);
    assertThat(shell.run("tail", scope, "--count", "-3").err())
        .contains("--count is 1 or more, not -3");
    assertThat(shell.run("tail", scope, "--count", "0").exitCode()).isEqualTo(2);
    assertThat(shell.run("tail", scope, "--after", "-5").err())
        .contains("--after is 0 or more, not -5");
    assertThat(shell.run("token", "create", "ann", "--days", "0").err())
        .contains("--days is 1 or more, not 0");
  }

  @Test
  void fieldsThatContradictTheArgumentsAreRefused() {
    Shell.Result both =
        shell.runWithInput("{\"id\":\"zz\",\"scope\":\"org:x\"}", "put", scope, "Note", "n1", "-");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("\"org:x\"", scope);
    Shell.Result id = shell.run("put", scope, "Note", "n1", "id=zz");
    assertThat(id.exitCode()).isEqualTo(2);
    assertThat(id.err()).contains("the fields say the id \"zz\" and the arguments say n1");
    assertThat(shell.run("patch", scope, "Note", "n1", "scope:=null").exitCode()).isEqualTo(2);
    assertThat(shell.run("get", scope, "Note", "n1").err()).contains("absent");
    String same = "{\"id\":\"n1\",\"scope\":\"" + scope + "\",\"a\":1}";
    assertThat(shell.runWithInput(same, "put", scope, "Note", "n1", "-").out())
        .contains("\"version\":1", "\"a\":1");
    assertThat(shell.runWithInput("{\"id\":\"n2\"}", "put", scope, "Note", "-", "-").out())
        .contains("\"id\":\"n2\"");
  }

  @Test
  void aTailWithAUselessCursorNamesACommandThatWorks() {
    String strange = "test:a b/é";
    shell.run("put", strange, "Note", "n1", "a=1");
    Shell.Result tail =
        shell.run("tail", strange, "--after", "999999999", "--url", open.uri().toString());
    assertThat(tail.err()).contains("anabranch snapshot 'test:a b/é' --url " + open.uri() + "\n");
  }

  @Test
  void withoutATokenTheAnswerIsNo() {
    Shell.Result get =
        new Shell().run("get", scope, "Note", "n", "--url", guarded.uri().toString());
    assertThat(get.exitCode()).isEqualTo(1);
    assertThat(get.err())
        .contains("unauthenticated", "--token-file", "ANABRANCH_TOKEN_FILE")
        .hasLineCount(1);
  }

  @Test
  void aTokenFileThatOthersCanReadIsRefused() throws IOException {
    Path file = file("loose", "anb_x_y");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Shell.Result get = shell.run("status", "--token-file", file.toString());
    assertThat(get.exitCode()).isEqualTo(2);
    assertThat(get.err()).contains("chmod 600");
  }

  @Test
  void tokensAreMadeListedAndRevoked() {
    Shell.Result made =
        operators().run("token", "create", "ann", "--scopes", "test:*", "--right", "write");
    assertThat(made.exitCode()).as(made.err()).isZero();
    String token = made.out().strip();
    String id = token.substring(4, 20);
    assertThat(operators().run("token", "list").out()).contains(id).doesNotContain(token);
    assertThat(operators().run("token", "revoke", id).exitCode()).isZero();
    assertThat(operators().run("token", "revoke", id).exitCode()).isEqualTo(1);
  }

  @Test
  void aTokenIsMadeAndRevokedStraightInTheDatabaseOfARunningServer() {
    String data = folder.resolve("guarded").toString();
    String token = token(Path.of(data), "zoe", "--owner").strip();
    Shell zoe =
        new Shell().with("ANABRANCH_URL", guarded.uri().toString()).with("ANABRANCH_TOKEN", token);
    assertThat(zoe.run("put", scope, "Note", "n", "a=1").exitCode()).isZero();
    assertThat(zoe.run("token", "list", "--data", data).out()).contains("zoe");
    assertThat(zoe.run("token", "revoke", token.substring(4, 20), "--data", data).exitCode())
        .isZero();
  }

  @Test
  void aKeyIsRevokedOverHttpAndInTheDatabaseOnceEach() {
    String data = folder.resolve("guarded").toString();
    String hex = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    String npub = new Entity.Npub(new PublicKey(hex)).text();
    String other = "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5";
    assertThat(operators().run("key", "revoke", npub).exitCode()).isZero();
    Shell.Result again = operators().run("key", "revoke", hex);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("revoked before");
    assertThat(operators().run("key", "list").out()).contains(hex, "revokedAt");
    assertThat(shell.run("key", "revoke", other, "--data", data).exitCode()).isZero();
    assertThat(shell.run("key", "revoke", other, "--data", data).exitCode()).isEqualTo(1);
    assertThat(shell.run("key", "list", "--data", data).out()).contains(hex, other);
    assertThat(operators().run("key", "revoke", "nonsense").exitCode()).isEqualTo(2);
    assertThat(new Shell().run("key").exitCode()).isEqualTo(2);
  }

  @Test
  void aGrantLetsAPrincipalInAndItsRemovalKeepsItOut() {
    operators().run("put", scope, "Note", "n", "a=1");
    String token = operators().run("token", "create", "bob").out().strip();
    Shell bob =
        new Shell().with("ANABRANCH_URL", guarded.uri().toString()).with("ANABRANCH_TOKEN", token);
    assertThat(bob.run("get", scope, "Note", "n").err()).contains("forbidden");
    assertThat(operators().run("grant", "add", scope, "bob", "read").exitCode()).isZero();
    assertThat(bob.run("get", scope, "Note", "n").exitCode()).isZero();
    assertThat(bob.run("put", scope, "Note", "n", "a=2").err()).contains("forbidden");
    assertThat(operators().run("grant", "list", scope).out()).contains("bob", "read");
    assertThat(operators().run("grant", "remove", scope, "bob").exitCode()).isZero();
    assertThat(bob.run("get", scope, "Note", "n").exitCode()).isEqualTo(1);
  }

  @Test
  void aTokenNarrowsWhatItsPrincipalMayDo() {
    operators().run("put", scope, "Note", "n", "a=1");
    operators().run("grant", "add", scope, "eve", "admin");
    String token = operators().run("token", "create", "eve", "--right", "read").out().strip();
    Shell eve =
        new Shell().with("ANABRANCH_URL", guarded.uri().toString()).with("ANABRANCH_TOKEN", token);
    assertThat(eve.run("get", scope, "Note", "n").exitCode()).isZero();
    assertThat(eve.run("put", scope, "Note", "n", "a=2").exitCode()).isEqualTo(1);
  }
}
