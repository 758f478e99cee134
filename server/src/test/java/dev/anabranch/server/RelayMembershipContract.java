package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is a member, who joins by an invite and who leaves (NIP-43), over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class RelayMembershipContract {

  private static final SecretKey ADMIN = key(90);
  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  @TempDir Path folder;

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    serve(Map.of());
  }

  private void serve(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("server.data", folder.toString());
    settings.put("nostr.membership", "true");
    settings.put("nostr.writers", "members");
    settings.put("nostr.members", ANN.publicKey().hex());
    settings.put("nostr.administrators", ADMIN.publicKey().hex());
    settings.putAll(more);
    served = Served.open(settings, store());
    client = NostrClient.of(served);
  }

  private void again(Map<String, String> more) {
    close();
    serve(more);
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  private String self() {
    String body =
        served.send(served.request("/").header("Accept", "application/nostr+json")).body();
    JsonObject document = JsonDecoder.stored(body);
    assertThat(body).contains("42,43,45");
    return document.string("self").orElseThrow();
  }

  /// The relay's events of a kind, newest first, each signed by itself and protected.
  private List<Event> own(int kind) {
    List<String> stored =
        client.stored("own", "{\"kinds\":[" + kind + "],\"authors\":[\"" + self() + "\"]}");
    client.say("[\"CLOSE\",\"own\"]");
    return stored.subList(0, stored.size() - 1).stream()
        .map(RelayMembershipContract::read)
        .toList();
  }

  private static Event read(String json) {
    Event event = Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.NONE).orThrow();
    assertThat(Verification.of(event)).isInstanceOf(Verification.Verified.class);
    assertThat(event.tag("-")).isPresent();
    return event;
  }

  private void awaitMembers(SecretKey... keys) {
    List<String> wanted =
        List.of(keys).stream().map(key -> key.publicKey().hex()).sorted().toList();
    while (own(13_534).isEmpty() || !own(13_534).getFirst().tagValues("member").equals(wanted)) {
      NostrClient.pause();
    }
  }

  private static Event join(SecretKey key, String claim) {
    return event(
        key, 28_934, System.currentTimeMillis() / 1000, "", Tag.of("-"), Tag.of("claim", claim));
  }

  /// An invite code, asked for with a key.
  private String invite(SecretKey key) {
    try (NostrClient inviter = NostrClient.of(served)) {
      inviter.authenticate(key);
      List<String> given = inviter.stored("i", "{\"kinds\":[28935]}");
      assertThat(given).hasSize(2);
      Event invite = read(given.getFirst());
      assertThat(invite.author().hex()).isEqualTo(self());
      return invite.tagValues("claim").getFirst();
    }
  }

  @Test
  void theRelaySaysWhoItsMembersAre() {
    awaitMembers(ANN);
    again(Map.of("nostr.members", ANN.publicKey() + "," + BOB.publicKey()));
    awaitMembers(ANN, BOB);
    assertThat(own(13_534)).hasSize(1);
  }

  @Test
  void somebodyWithAnInviteJoinsAndMayWriteAndItIsSaid() {
    awaitMembers(ANN);
    client.authenticate(BOB);
    assertThat(client.answer(note(BOB, NOW, "stranger"))).startsWith("false restricted: ");
    assertThat(client.answer(join(BOB, invite(ANN)))).isEqualTo("true info: welcome");
    client.publish(note(BOB, NOW, "member"));
    awaitMembers(ANN, BOB);
    assertThat(own(8_000).getFirst().tagValues("p")).containsExactly(BOB.publicKey().hex());
    assertThat(client.answer(join(BOB, ""))).startsWith("true duplicate: ");
    again(Map.of());
    client.publish(note(BOB, NOW + 1, "still a member"));
    assertThat(client.ids("{\"kinds\":[28934]}")).isEmpty();
  }

  @Test
  void aMemberLeavesAndMayNotWriteAnyMore() {
    awaitMembers(ANN);
    client.authenticate(ANN);
    Event leave = event(ANN, 28_936, System.currentTimeMillis() / 1000, "", Tag.of("-"));
    assertThat(client.answer(leave)).startsWith("true info: ");
    assertThat(client.answer(note(ANN, NOW, "gone"))).startsWith("false restricted: ");
    awaitMembers();
    assertThat(own(8_001).getFirst().tagValues("p")).containsExactly(ANN.publicKey().hex());
    assertThat(client.answer(leave)).startsWith("true duplicate: ");
  }

  @Test
  void aCodeIsGoodOnceAndNotForEver() {
    String code = invite(ANN);
    client.authenticate(BOB);
    client.authenticate(key(3));
    assertThat(client.answer(join(BOB, "")))
        .isEqualTo("false restricted: that invite code is none of this relay's");
    String forged = code.replaceFirst("^[0-9]+", "99999999999");
    assertThat(client.answer(join(BOB, forged))).contains("none of this relay's");
    assertThat(client.answer(join(BOB, code))).startsWith("true info: ");
    assertThat(client.answer(join(key(3), code)))
        .isEqualTo("false restricted: that invite code was used");
    again(Map.of());
    client.authenticate(key(3));
    assertThat(client.answer(join(key(3), code))).contains("was used");
  }

  @Test
  void aRequestMustBeProtectedOfNowAndOfWhoeverAuthenticated() {
    String code = invite(ANN);
    assertThat(client.answer(join(BOB, code))).startsWith("false auth-required: ");
    client.authenticate(ANN);
    assertThat(client.answer(join(BOB, code))).startsWith("false restricted: ");
    client.authenticate(BOB);
    assertThat(client.answer(event(BOB, 28_934, NOW, "", Tag.of("-"), Tag.of("claim", code))))
        .startsWith("false invalid: the request is not of now");
    assertThat(
            client.answer(
                event(BOB, 28_934, System.currentTimeMillis() / 1000, "", Tag.of("claim", code))))
        .startsWith("false invalid: ");
    new Administrator(served, ADMIN).does("banpubkey", "\"" + BOB.publicKey() + "\"");
    assertThat(client.answer(join(BOB, code))).startsWith("false ");
  }

  @Test
  void onlyThoseWhoMayInviteGetACode() {
    client.authenticate(BOB);
    assertThat(client.stored("i", "{\"kinds\":[28935]}")).hasSize(1);
    assertThat(invite(ADMIN)).isNotEmpty();
    again(Map.of("nostr.inviters", "anyone"));
    assertThat(client.stored("i", "{\"kinds\":[28935]}")).hasSize(2);
    assertThat(client.stored("i", "{\"limit\":10}").toString()).doesNotContain("28935");
  }

  @Test
  void whomAnAdministratorAllowsIsAMemberAndListed() {
    awaitMembers(ANN);
    Administrator admin = new Administrator(served, ADMIN);
    admin.does("allowpubkey", "\"" + BOB.publicKey() + "\"");
    awaitMembers(ANN, BOB);
    admin.does("banpubkey", "\"" + ANN.publicKey() + "\"");
    awaitMembers(BOB);
  }

  @Test
  void aDirectoryThatIsAwayAtTheStartIsAskedAgainAndMakesNobodyLeaveAndJoinAnew()
      throws IOException {
    AtomicBoolean isAway = new AtomicBoolean();
    AtomicInteger askedInVain = new AtomicInteger();
    byte[] names = "{\"names\":{\"bob\":\"%s\"}}".formatted(BOB.publicKey()).getBytes(UTF_8);
    HttpServer directory = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    directory.createContext(
        "/",
        exchange -> {
          boolean answers = !isAway.get();
          exchange.sendResponseHeaders(answers ? 200 : 503, answers ? names.length : -1);
          if (answers) {
            exchange.getResponseBody().write(names);
          } else {
            askedInVain.incrementAndGet();
          }
          exchange.close();
        });
    directory.start();
    Map<String, String> from =
        Map.of(
            "nostr.members_from",
            "http://127.0.0.1:" + directory.getAddress().getPort() + "/names.json");
    client.close();
    served.close();
    serve(from);
    awaitMembers(ANN, BOB);
    isAway.set(true);
    again(from);
    while (askedInVain.get() < 2) {
      NostrClient.pause();
    }
    awaitMembers(ANN, BOB);
    isAway.set(false);
    client.authenticate(BOB);
    Event note = note(BOB, NOW, "a member's again");
    while (client.answer(note).startsWith("false ")) {
      NostrClient.pause();
    }
    new Administrator(served, ADMIN).does("allowpubkey", "\"" + key(3).publicKey() + "\"");
    awaitMembers(ANN, BOB, key(3));
    assertThat(own(8_001)).isEmpty();
    assertThat(own(8_000))
        .extracting(joined -> joined.tagValues("p"))
        .containsExactly(List.of(key(3).publicKey().hex()));
    directory.stop(0);
  }
}
