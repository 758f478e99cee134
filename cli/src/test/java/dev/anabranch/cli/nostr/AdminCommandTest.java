package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.anabranch.cli.Shell;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.rule.HttpAuthentication;
import dev.anabranch.nostr.text.Parsed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `anabranch nostr admin` against an endpoint that checks what NIP-86 and NIP-98 demand.
class AdminCommandTest {

  @TempDir Path folder;

  private final Shell shell = new Shell();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private String npub = "";

  AdminCommandTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @BeforeEach
  void makeKey() {
    String key = folder.resolve("operator.key").toString();
    npub = shell.run("nostr", "keygen", key).out().strip();
    shell.with("ANABRANCH_NOSTR_KEY_FILE", key);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Parsed<VerifiedEvent> proof =
        HttpAuthentication.parse(
            exchange.getRequestHeaders().getFirst("Authorization"),
            new HttpAuthentication.Request(url(), exchange.getRequestMethod(), body),
            true,
            System.currentTimeMillis() / 1_000);
    boolean isOperator =
        proof instanceof Parsed.Value<VerifiedEvent>(VerifiedEvent event)
            && new Entity.Npub(event.event().author()).text().equals(npub)
            && exchange
                .getRequestHeaders()
                .getFirst("Content-Type")
                .equals("application/nostr+json+rpc");
    String text = new String(body, StandardCharsets.UTF_8);
    bodies.add(text);
    String answer =
        text.contains("nonsense")
            ? "{\"result\":null,\"error\":\"unknown method\"}"
            : "{\"result\":[{\"pubkey\":\"aa\",\"reason\":\"spam\"}]}";
    byte[] bytes =
        (isOperator ? answer : "{\"error\":\"not you\"}").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(isOperator ? 200 : 401, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void aCallIsSignedAndItsResultIsTold() {
    Shell.Result list = shell.run("nostr", "admin", "listbannedpubkeys", "--relay", url());
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.out().strip()).isEqualTo("[{\"pubkey\":\"aa\",\"reason\":\"spam\"}]");
    assertThat(bodies).containsExactly("{\"method\":\"listbannedpubkeys\",\"params\":[]}");
  }

  @Test
  void parametersAreTextNumbersOrKeys() {
    String note = new Entity.Note(new EventId("1".repeat(64))).text();
    shell.run("nostr", "admin", "banpubkey", npub, "spam and more", "--relay", url());
    shell.run("nostr", "admin", "allowkind", "7", "--relay", url());
    shell.run("nostr", "admin", "banevent", note, "--relay", url());
    shell.run("nostr", "admin", "banevent", "1".repeat(64), "--relay", url());
    assertThat(bodies.getFirst()).matches(".*\\[\"[0-9a-f]{64}\",\"spam and more\"]}");
    assertThat(bodies.get(1)).endsWith("[7]}");
    assertThat(bodies.get(2)).isEqualTo(bodies.get(3)).endsWith("[\"" + "1".repeat(64) + "\"]}");
  }

  @Test
  void settingsAreChangedByNameToAnyJson() {
    String rules = "[{\"kinds\":[\"1\"],\"writers\":\"members\"}]";
    shell.run("nostr", "admin", "listpolicy", "--relay", url());
    shell.run("nostr", "admin", "changepolicy", "work_bits_min", "20", "spam", "--relay", url());
    shell.run("nostr", "admin", "changepolicy", "rules", rules, "--relay", url());
    shell.run("nostr", "admin", "changepolicy", "writers", "members", "--relay", url());
    shell.run("nostr", "admin", "resetpolicy", "rules", "--relay", url());
    assertThat(bodies)
        .containsExactly(
            "{\"method\":\"listpolicy\",\"params\":[]}",
            "{\"method\":\"changepolicy\",\"params\":[\"work_bits_min\",20,\"spam\"]}",
            "{\"method\":\"changepolicy\",\"params\":[\"rules\"," + rules + "]}",
            "{\"method\":\"changepolicy\",\"params\":[\"writers\",\"members\"]}",
            "{\"method\":\"resetpolicy\",\"params\":[\"rules\"]}");
    assertThat(shell.run("nostr", "admin", "--help").out())
        .contains("changepolicy NAME VALUE", "changepolicy work_bits_min 20", "resetpolicy");
  }

  @Test
  void anErrorOrAnotherKeyIsNo() {
    Shell.Result unknown = shell.run("nostr", "admin", "nonsense", "--relay", url());
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("unknown method");
    String other = folder.resolve("other.key").toString();
    shell.run("nostr", "keygen", other);
    Shell.Result stranger =
        shell.run("nostr", "admin", "listallowedkinds", "--relay", url(), "--key-file", other);
    assertThat(stranger.exitCode()).isEqualTo(1);
    assertThat(stranger.err()).contains("401", "not you");
    assertThat(shell.run("nostr", "admin", "banpubkey", "npub1x", "--relay", url()).exitCode())
        .isEqualTo(2);
  }
}
