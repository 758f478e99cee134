package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.ids;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.server.identity.LinkedKeys;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What administrators change over the management API (NIP-86): at once, on live connections, and
/// for good, over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class ModeratedRelayContract {

  private static final SecretKey ADMIN = key(90);
  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  private Served served;
  private NostrClient client;
  private Administrator admin;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    serve(Map.of());
  }

  private void serve(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("nostr.administrators", ADMIN.publicKey().hex());
    served = Served.open(all, store());
    client = NostrClient.of(served);
    admin = new Administrator(served, ADMIN);
  }

  private void again(Map<String, String> settings) {
    client.close();
    served.close();
    serve(settings);
  }

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    client.close();
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  private String hex(SecretKey key) {
    return "\"" + key.publicKey() + "\"";
  }

  // Keys.

  @Test
  void aBannedKeysEventsAreHiddenAtOnceAndAreThereAgainWhenItIsUnbanned() {
    Event bad = note(ANN, NOW, "bad");
    Event good = note(BOB, NOW, "good");
    client.publish(bad, good);
    client.stored("live", "{}");
    admin.does("banpubkey", hex(ANN), "\"spam\"");
    assertThat(client.ids("{}")).isEqualTo(ids(good));
    assertThat(client.say("[\"COUNT\",\"n\",{}]").frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":1");
    assertThat(client.answer(note(ANN, NOW + 1, "more"))).startsWith("false blocked: ");
    assertThat(admin.asks("listbannedpubkeys"))
        .isEqualTo("[{\"pubkey\":" + hex(ANN) + ",\"reason\":\"spam\"}]");
    admin.does("unbanpubkey", hex(ANN));
    assertThat(admin.asks("listbannedpubkeys")).isEqualTo("[]");
    assertThat(client.ids("{}")).hasSize(2).contains(bad.id().hex());
  }

  @Test
  void decisionsOutlastARestartAndGoBeforeTheConfiguration() {
    admin.does("banpubkey", hex(ANN), "\"spam\"");
    admin.does("changerelayname", "\"Mended\"");
    Map<String, String> configured = Map.of("nostr.banned", BOB.publicKey().hex());
    again(configured);
    assertThat(client.answer(note(ANN, NOW, "no"))).startsWith("false blocked: ");
    assertThat(client.answer(note(BOB, NOW, "no"))).startsWith("false blocked: ");
    admin.does("unbanpubkey", hex(BOB));
    client.publish(note(BOB, NOW, "yes"));
    again(configured);
    client.publish(note(BOB, NOW + 1, "still"));
    assertThat(information()).contains("\"name\":\"Mended\"");
  }

  @Test
  void anAllowedKeyIsAMemberUntilItIsNoLonger() {
    again(Map.of("nostr.writers", "members", "nostr.readers", "members"));
    client.authenticate(ANN);
    assertThat(client.answer(note(ANN, NOW, "stranger"))).startsWith("false restricted: ");
    admin.does("allowpubkey", hex(ANN), "\"a friend\"");
    assertThat(admin.asks("listallowedpubkeys"))
        .isEqualTo("[{\"pubkey\":" + hex(ANN) + ",\"reason\":\"a friend\"}]");
    client.publish(note(ANN, NOW, "member"));
    assertThat(client.stored("live", "{}")).hasSize(2);
    admin.does("unallowpubkey", hex(ANN));
    assertThat(client.frame()).startsWith("[\"CLOSED\",\"live\",\"restricted: ");
    assertThat(client.answer(note(ANN, NOW + 1, "gone"))).startsWith("false restricted: ");
  }

  @Test
  void banningTakesAKeyFromTheAllowedAndAllowingFromTheBanned() {
    admin.does("allowpubkey", hex(ANN));
    admin.does("banpubkey", hex(ANN));
    assertThat(admin.asks("listallowedpubkeys")).isEqualTo("[]");
    admin.does("unallowpubkey", hex(ANN));
    assertThat(admin.asks("listbannedpubkeys")).contains(hex(ANN));
    admin.does("allowpubkey", hex(ANN));
    assertThat(admin.asks("listbannedpubkeys")).isEqualTo("[]");
    assertThat(admin.asks("listallowedpubkeys")).contains(hex(ANN));
  }

  @Test
  void aBannedKeyCannotAuthenticate() {
    admin.does("banpubkey", hex(ANN));
    assertThat(client.authenticate(ANN)).contains(",false,\"restricted: ");
    assertThat(client.authenticate(BOB)).contains(",true,");
  }

  // Events.

  @Test
  void aBannedEventIsNeitherShownNorTakenUntilItIsAllowed() {
    Event bad = note(ANN, NOW, "bad");
    Event good = note(ANN, NOW + 1, "good");
    client.publish(bad, good);
    admin.does("banevent", "\"" + bad.id() + "\"", "\"unlawful\"");
    assertThat(client.ids("{}")).isEqualTo(ids(good));
    assertThat(client.ids("{\"ids\":[\"" + bad.id() + "\"]}")).isEmpty();
    assertThat(client.answer(bad)).startsWith("false blocked: ");
    assertThat(admin.asks("listbannedevents"))
        .isEqualTo("[{\"id\":\"" + bad.id() + "\",\"reason\":\"unlawful\"}]");
    admin.does("allowevent", "\"" + bad.id() + "\"");
    assertThat(client.ids("{}")).isEqualTo(ids(good, bad));
    assertThat(admin.asks("listallowedevents")).contains(bad.id().hex());
    admin.does("unallowevent", "\"" + bad.id() + "\"");
    assertThat(admin.asks("listallowedevents")).isEqualTo("[]");
  }

  private void edit(String content) {
    served.send(
        served
            .request("/api/message/m1?scope=chat:c1")
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"content\":\"" + content + "\"}")));
  }

  @Test
  void aBanOfAnEventOfTheBridgeHidesItsEntityWhateverTheNextVersionIs() {
    String lines = "{\"kinds\":[9]}";
    served.post("/api/chat", "{\"id\":\"c1\",\"scope\":\"chat:c1\"}");
    served.post("/api/grant", "{\"id\":\"anyone\",\"scope\":\"chat:c1\",\"right\":\"read\"}");
    served.post("/api/message", "{\"id\":\"m1\",\"scope\":\"chat:c1\",\"content\":\"bad\"}");
    served.post("/api/message", "{\"id\":\"m2\",\"scope\":\"chat:c1\",\"content\":\"good\"}");
    List<String> shown = client.stored("first", lines);
    assertThat(shown).hasSize(3);
    client.say("[\"CLOSE\",\"first\"]");
    String bad = NostrClient.id(shown.get(shown.getFirst().contains("\"bad\"") ? 0 : 1));
    String good = NostrClient.id(shown.get(shown.getFirst().contains("\"bad\"") ? 1 : 0));
    admin.does("banevent", "\"" + bad + "\"", "\"unlawful\"");
    assertThat(client.ids(lines)).containsExactly(good);
    assertThat(client.stored("live", lines)).hasSize(2);
    edit("still bad");
    served.post("/api/message", "{\"id\":\"m3\",\"scope\":\"chat:c1\",\"content\":\"next\"}");
    assertThat(client.frame()).startsWith("[\"EVENT\",\"live\"").contains("\"next\"");
    again(Map.of());
    assertThat(client.ids(lines)).hasSize(2).contains(good);
    edit("bad again");
    assertThat(client.say("[\"COUNT\",\"n\"," + lines + "]").frame()).contains("\"count\":2");
    admin.does("unbanevent", "\"" + bad + "\"");
    assertThat(client.ids(lines)).hasSize(3);
    assertThat(client.stored("last", lines).toString()).contains("\"bad again\"");
  }

  @Test
  void reportedEventsNeedModerationUntilSomebodyDecides() {
    Event note = note(ANN, NOW, "rude");
    Event report =
        event(
            BOB,
            1984,
            NOW + 1,
            "insults me",
            Tag.of("p", ANN.publicKey().hex()),
            Tag.of("e", note.id().hex(), "profanity"));
    client.publish(note, report);
    assertThat(admin.asks("listeventsneedingmoderation"))
        .isEqualTo("[{\"id\":\"" + note.id() + "\",\"reason\":\"profanity: insults me\"}]");
    admin.does("allowevent", "\"" + note.id() + "\"", "\"it is not rude\"");
    assertThat(admin.asks("listeventsneedingmoderation")).isEqualTo("[]");
  }

  // Kinds.

  @Test
  void aDisallowedKindIsNotTakenUntilItIsAllowed() {
    admin.does("disallowkind", "7");
    assertThat(client.answer(event(ANN, 7, NOW, "+"))).startsWith("false blocked: ");
    assertThat(admin.asks("listdisallowedkinds")).isEqualTo("[7]");
    assertThat(information()).contains("\"restricted_writes\":true");
    admin.does("allowkind", "7");
    client.publish(event(ANN, 7, NOW, "+"), note(ANN, NOW, "other kinds are taken too"));
    assertThat(admin.asks("listdisallowedkinds")).isEqualTo("[]");
  }

  @Test
  void allowingAKindAddsToThoseOfTheConfigurationAndDisallowingTheLastLetsNothingIn() {
    again(Map.of("nostr.kinds", "1"));
    assertThat(client.answer(event(ANN, 7, NOW, "+"))).startsWith("false blocked: ");
    admin.does("allowkind", "7");
    assertThat(admin.asks("listallowedkinds")).isEqualTo("[1,7]");
    client.publish(event(ANN, 7, NOW, "+"));
    admin.does("disallowkind", "7");
    admin.does("disallowkind", "1");
    assertThat(admin.asks("listallowedkinds")).isEqualTo("[]");
    assertThat(client.answer(note(ANN, NOW, "no"))).startsWith("false blocked: ");
    assertThat(client.answer(event(ANN, 42, NOW, "no"))).startsWith("false blocked: ");
  }

  // Addresses.

  @Test
  void aBlockedAddressIsSentOffAtOnceAndMaySpeakAgainWhenItIsUnblocked() {
    client.stored("live", "{}");
    admin.does("blockip", "\"127.0.0.0/8\"", "\"floods\"");
    assertThat(client.frame()).isEqualTo("[\"NOTICE\",\"blocked: this address is blocked here\"]");
    assertThat(client.ended()).isEqualTo(1008);
    try (NostrClient another = NostrClient.of(served)) {
      assertThat(another.say("[\"REQ\",\"s\",{}]").frame()).startsWith("[\"NOTICE\",\"blocked: ");
    }
    assertThat(admin.asks("listblockedips"))
        .isEqualTo("[{\"ip\":\"127.0.0.0/8\",\"reason\":\"floods\"}]");
    admin.does("unblockip", "\"127.0.0.0/8\"");
    try (NostrClient another = NostrClient.of(served)) {
      another.publish(note(ANN, NOW, "back"));
    }
  }

  // Settings of the configuration.

  private void change(String name, String value) {
    admin.does("changepolicy", "\"" + name + "\"", value, "\"a wave of spam\"");
  }

  private String setting(String name) {
    String all = admin.asks("listpolicy");
    int start = all.indexOf("{\"name\":\"" + name + "\"");
    return all.substring(start, all.indexOf("\"set_by\"", start) + 30);
  }

  @Test
  void aChangedDemandForWorkCountsAtOnceAndOverARestartAndIsToldUntilItIsReset() {
    client.publish(note(ANN, NOW, "no work"));
    assertThat(setting("work_bits_min")).contains("\"value\":0,\"unit\":\"bits\"", "default");
    change("work_bits_min", "200");
    assertThat(client.answer(note(ANN, NOW + 1, "no work"))).startsWith("false pow: ");
    again(Map.of("nostr.work_bits_min", "1"));
    assertThat(client.answer(note(ANN, NOW + 1, "no work"))).startsWith("false pow: ");
    assertThat(information()).contains("\"min_pow_difficulty\":200", "\"restricted_writes\":true");
    assertThat(setting("work_bits_min")).contains("\"value\":200", "administrator");
    assertThat(admin.asks("listpolicy")).contains("\"reason\":\"a wave of spam\"");
    admin.does("resetpolicy", "\"work_bits_min\"");
    assertThat(setting("work_bits_min")).contains("\"value\":1", "configuration");
    assertThat(information()).contains("\"min_pow_difficulty\":1,");
    again(Map.of());
    client.publish(note(ANN, NOW + 1, "no work"));
  }

  @Test
  void changedRulesWritersAndSizesCountAtOnceOnOpenConnections() {
    change("content_chars_max", "5");
    assertThat(client.answer(note(ANN, NOW, "123456"))).startsWith("false invalid: the content ");
    assertThat(information()).contains("\"max_content_length\":5,");
    change("event_bytes_max", "600");
    client.publish(note(ANN, NOW, "12345"));
    assertThat(client.answer(note(ANN, NOW, "1", Tag.of("t", "x".repeat(600)))))
        .startsWith("false invalid: the event has more than 600 bytes");
    change("rules", "[{\"kinds\":[\"7\",\"30000-30009\"],\"writers\":\"authenticated\"}]");
    assertThat(client.answer(event(ANN, 7, NOW, "+"))).startsWith("false auth-required: ");
    change("writers", "\"members\"");
    assertThat(client.answer(note(ANN, NOW, "1"))).startsWith("false auth-required: only members");
    client.authenticate(ANN);
    client.publish(event(ANN, 7, NOW, "+"));
    admin.does("resetpolicy", "\"writers\"");
    client.publish(note(ANN, NOW, "1"));
  }

  @Test
  void changedRatesByKeyAndByAddressAndQuotasCountAtOnceOnOpenConnections() {
    client.publish(note(ANN, NOW, "0"));
    change("author_events_per_second", "1");
    change("author_events_burst", "1");
    client.publish(note(ANN, NOW, "1"), note(BOB, NOW, "another key's"));
    assertThat(client.answer(note(ANN, NOW, "2"))).startsWith("false rate-limited: ");
    admin.does("resetpolicy", "\"author_events_per_second\"");
    admin.does("resetpolicy", "\"author_events_burst\"");
    client.publish(note(ANN, NOW, "3"));
    change("author_stored_events_max", "3");
    assertThat(client.answer(note(ANN, NOW, "4"))).startsWith("false blocked: the author's quota");
    change("author_stored_events_max", "4");
    client.publish(note(ANN, NOW, "5"));
    assertThat(client.answer(note(ANN, NOW, "6"))).startsWith("false blocked: the author's quota");
    change("address_events_burst", "1");
    change("address_events_per_second", "1");
    client.answer(note(BOB, NOW, "7"));
    assertThat(client.answer(note(BOB, NOW, "8"))).startsWith("false rate-limited: ");
  }

  @Test
  void whoeverIsNotAmongChangedAddressesIsSentOffAtOnce() {
    client.stored("live", "{}");
    change("allowed", "[\"192.0.2.0/24\"]");
    assertThat(client.frame()).startsWith("[\"NOTICE\",\"blocked: ");
    assertThat(client.ended()).isEqualTo(1008);
    admin.does("resetpolicy", "\"allowed\"");
    try (NostrClient another = NostrClient.of(served)) {
      another.publish(note(ANN, NOW, "back"));
    }
  }

  @Test
  void whatTheFileMayNotSayNobodyMayAndNothingChanges() {
    again(Map.of("nostr.limit_max", "100"));
    assertThat(refused("work_bits_min", "257"))
        .isEqualTo(
            "changepolicy: [nostr] work_bits_min must be a whole number from 0 to 256,"
                + " not 257");
    assertThat(refused("writers", "\"nobody\"")).contains("writers must be one of");
    assertThat(refused("rules", "[{\"kind\":[\"1\"]}]")).contains("did you mean kinds?");
    assertThat(refused("rules", "\"none\"")).contains("a list of tables");
    assertThat(refused("allowed", "[\"nowhere\"]")).contains("a list of addresses");
    assertThat(refused("members_from", "[\"http://a.example/\"]")).contains("of this machine");
    assertThat(refused("limit_default", "101")).contains("from 1 to 100");
    String nine = "\"https://a.example/\",".repeat(8) + "\"https://a.example/\"";
    assertThat(refused("members_from", "[" + nine + "]")).contains("at most 8 addresses");
    assertThat(refused("message_bytes_max", "9999999")).contains("listpolicy lists those that can");
    assertThat(refused("subscriptions_max", "9999999")).contains("listpolicy lists those that can");
    assertThat(refused("administrators", "[]")).contains("listpolicy lists those that can");
    assertThat(admin.answer("changepolicy", "\"writers\"").body()).contains("resetpolicy");
    assertThat(admin.asks("listpolicy")).doesNotContain("administrator\"");
  }

  private String refused(String name, String value) {
    String body = admin.answer("changepolicy", "\"" + name + "\"", value).body();
    assertThat(body).startsWith("{\"error\":\"");
    return body.substring("{\"error\":\"".length(), body.length() - 2).replace("\\\"", "\"");
  }

  @Test
  void aChangeThatTheFileHasNoRoomForAnyMoreIsLeftOutAndSaidSo() {
    change("limit_default", "400");
    again(Map.of("nostr.limit_max", "100"));
    assertThat(information()).contains("\"default_limit\":100", "\"max_limit\":100");
    assertThat(admin.asks("listpolicy"))
        .contains("\"left_out\":\"changepolicy: [nostr] limit_default must be");
    change("limit_max", "450");
    assertThat(information()).contains("\"default_limit\":400", "\"max_limit\":450");
    assertThat(admin.answer("resetpolicy", "\"limit_max\"").body()).contains("limit_default");
    admin.does("resetpolicy", "\"limit_default\"");
    admin.does("resetpolicy", "\"limit_max\"");
    again(Map.of());
    assertThat(information()).contains("\"default_limit\":500");
  }

  // What the relay says of itself (NIP-11).

  @Test
  void theRelaysDocumentSaysWhatWasChanged() {
    admin.does("changerelayname", "\"Harbour\"");
    admin.does("changerelaydescription", "\"Ships and tides\"");
    admin.does("changerelayicon", "\"https://harbour.example/icon.png\"");
    assertThat(information())
        .contains("\"name\":\"Harbour\"")
        .contains("\"description\":\"Ships and tides\"")
        .contains("\"icon\":\"https://harbour.example/icon.png\"")
        .contains(",86,");
  }

  private String information() {
    return served.send(served.request("/").header("Accept", "application/nostr+json")).body();
  }

  // The API itself.

  private HttpResponse<String> preflight(String path, String origin) {
    return served.send(
        served
            .request(path)
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type")
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
  }

  @Test
  void aPageOfAnyOriginMayAskTheRelayButNothingElse() {
    String page = "https://admin.example";
    assertThat(preflight("/", page).statusCode())
        .isEqualTo(403); // an open server is this machine's
    again(Map.of("auth.mode", "token"));
    HttpResponse<String> answer = preflight("/", page);
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST");
    // Fetch: the wildcard does not cover Authorization.
    assertThat(answer.headers().firstValue("Access-Control-Allow-Headers"))
        .contains("Authorization, *");
    assertThat(preflight("/api/message", page).statusCode()).isEqualTo(403);
    assertThat(preflight("/admin/tokens", page).statusCode()).isEqualTo(403);
    HttpResponse<String> called =
        served.send(
            served
                .request("/")
                .header("Origin", page)
                .header("Content-Type", "application/nostr+json+rpc")
                .header("Authorization", admin.proof("supportedmethods"))
                .POST(Served.body("{\"method\":\"supportedmethods\",\"params\":[]}")));
    assertThat(called.statusCode()).isEqualTo(200);
    assertThat(called.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
  }

  @Test
  void everySupportedMethodIsThereAndNoOther() {
    String[] names = admin.asks("supportedmethods").replaceAll("[\\[\\]\"]", "").split(",", -1);
    assertThat(names).contains("supportedmethods", "banpubkey", "listblockedips").hasSize(27);
    for (String name : names) {
      assertThat(admin.answer(name).body()).doesNotContain("no method");
    }
    assertThat(admin.answer("banplanet", "\"earth\"").body())
        .isEqualTo("{\"error\":\"no method banplanet; supportedmethods lists those there are\"}");
  }

  @Test
  void saysWhatIsWrongWithAParameterAndChangesNothing() {
    assertThat(admin.answer("banpubkey", "\"npub1\"").body())
        .isEqualTo(
            "{\"error\":\"the first parameter must be a key of 64 lower-case hexadecimal"
                + " digits\"}");
    assertThat(admin.answer("banpubkey").body()).contains("the first parameter must be a text");
    assertThat(admin.answer("allowkind", "70000").body()).contains("a number from 0 to 65535");
    assertThat(admin.answer("blockip", "\"nowhere.example\"").body()).contains("an address");
    assertThat(admin.answer("changerelayname", "\"" + "x".repeat(30) + "\"").body())
        .contains("30 characters; at most 29");
    assertThat(admin.asks("listbannedpubkeys")).isEqualTo("[]");
  }

  @Test
  void hearsAnAdministratorOnlyAndOnlyOnce() {
    HttpResponse<String> stranger = new Administrator(served, ANN).answer("supportedmethods");
    assertThat(stranger.statusCode()).isEqualTo(403);
    assertThat(stranger.body()).contains("administrators");
    String proof = admin.proof("banpubkey", hex(BOB));
    assertThat(admin.send(proof, "banpubkey", hex(BOB)).statusCode()).isEqualTo(200);
    HttpResponse<String> replayed = admin.send(proof, "banpubkey", hex(BOB));
    assertThat(replayed.statusCode()).isEqualTo(401);
    assertThat(replayed.body()).contains("used before");
  }

  @Test
  void aProofAheadOfItsTimeCountsOnceOverARestartToo() {
    String url = served.uri("/").toString();
    long ahead = System.currentTimeMillis() / 1000 + 40;
    String proof = admin.header(ahead, url, "POST", admin.hash("supportedmethods"));
    assertThat(admin.send(proof, "supportedmethods").statusCode()).isEqualTo(200);
    again(Map.of("nostr.url", url.replace("http", "ws")));
    HttpResponse<String> replayed = admin.send(proof, "supportedmethods");
    assertThat(replayed.statusCode()).isEqualTo(401);
    assertThat(replayed.body()).contains("used before");
  }

  @Test
  void aRevokedKeyAdministersTheRelayNoLonger() {
    admin.does("banpubkey", hex(ANN));
    LinkedKeys keys = new LinkedKeys(served.store().credentials(), InstantSource.system());
    assertThat(keys.revoke(ADMIN.publicKey())).isTrue();
    assertThat(keys.revoke(ADMIN.publicKey())).isFalse();
    String url = served.uri("/").toString();
    HttpResponse<String> refused;
    do { // what was known of a key counts for a moment
      NostrClient.pause();
      long now = System.currentTimeMillis() / 1000;
      String proof = admin.header(now, url, "POST", admin.hash("supportedmethods"));
      refused = admin.send(proof, "supportedmethods");
    } while (refused.statusCode() != 403);
    assertThat(refused.body()).contains("revoked");
    assertThat(client.answer(note(ANN, NOW, "no"))).startsWith("false blocked: ");
  }

  @Test
  void aProofOfTheSecondOfARestartCountsOnce() {
    String url = served.uri("/").toString();
    Map<String, String> same = Map.of("nostr.url", url.replace("http", "ws"));
    for (int round = 0; round < 5; round++) { // a quick restart takes less than the second
      long before = System.currentTimeMillis() / 1000;
      while (System.currentTimeMillis() / 1000 == before) {
        NostrClient.pause();
      }
      long second = before + 1;
      String proof = admin.header(second, url, "POST", admin.hash("supportedmethods"));
      assertThat(admin.send(proof, "supportedmethods").statusCode()).isEqualTo(200);
      again(same);
      HttpResponse<String> replayed = admin.send(proof, "supportedmethods");
      assertThat(replayed.statusCode()).isEqualTo(401);
      assertThat(replayed.body()).containsAnyOf("used before", "signed before the relay began");
    }
  }

  @Test
  void theAddressOfARelayBehindAPathIsSpelledAsTheConfigurationSpellsIt() {
    again(Map.of("nostr.url", "wss://relay.example/nostr"));
    long now = System.currentTimeMillis() / 1000;
    String hash = admin.hash("supportedmethods");
    for (String url : List.of("https://relay.example/nostr", "wss://relay.example/nostr")) {
      String proof = admin.header(now, url, "POST", hash);
      assertThat(admin.send(proof, "supportedmethods").statusCode()).as(url).isEqualTo(200);
    }
    refuses(admin.header(now, "https://relay.example/nostr/", "POST", hash), "u tag");
    refuses(admin.header(now, "https://relay.example/", "POST", hash), "u tag");
  }

  @Test
  void hearsNoProofOfAnotherUrlMethodBodyOrTime() {
    long now = System.currentTimeMillis() / 1000;
    String url = served.uri("/").toString();
    String hash = admin.hash("supportedmethods");
    refuses(admin.header(now, "https://other.example/", "POST", hash), "u tag");
    refuses(admin.header(now, url + "?a=1", "POST", hash), "u tag");
    refuses(admin.header(now, url, "GET", hash), "method tag");
    refuses(admin.header(now, url, "POST", admin.hash("banpubkey")), "payload tag");
    refuses(admin.header(now, url, "POST", ""), "payload tag");
    refuses(admin.header(now - 90, url, "POST", hash), "created_at");
    refuses(admin.header(now - 50, url, "POST", hash), "signed before the relay began");
    refuses("Bearer anb_x_y", "scheme Nostr");
    refuses("Nostr !!", "base64");
    HttpResponse<String> bare =
        served.send(
            served
                .request("/")
                .header("Content-Type", "application/nostr+json+rpc")
                .POST(Served.body("{}")));
    assertThat(bare.statusCode()).isEqualTo(401);
    assertThat(bare.headers().firstValue("WWW-Authenticate")).contains("Nostr");
    assertThat(
            admin
                .send(
                    admin.header(now, url.replace("http", "ws"), "POST", hash), "supportedmethods")
                .statusCode())
        .isEqualTo(200);
  }

  private void refuses(String header, String why) {
    HttpResponse<String> answer = admin.send(header, "supportedmethods");
    assertThat(answer.statusCode()).as(why).isEqualTo(401);
    assertThat(answer.body()).contains(why);
  }

  @Test
  void onlyTheRelayItselfWritesItsDecisions() {
    String mallory =
        served.token(
            "mallory", new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
    String own =
        "{\"scope\":\"relay:moderation\",\"id\":\"pubkey:%s\"%s}"
            .formatted(ANN.publicKey(), ",\"standing\":\"banned\"");
    assertThat(served.post("/api/moderation", own, mallory).statusCode()).isEqualTo(403);
    String founding = own.replace("moderation\",\"id", "moderation\",\"note\":1,\"id");
    served.post("/api/moderation", founding.replace(",\"standing\":\"banned\"", ""), mallory);
    admin.does("banpubkey", hex(BOB));
    String path = "/api/moderation/pubkey:" + BOB.publicKey() + "?scope=relay:moderation";
    HttpResponse<String> deleted =
        served.send(served.request(path).header("Authorization", "Bearer " + mallory).DELETE());
    assertThat(deleted.statusCode()).isEqualTo(403);
    again(Map.of());
    assertThat(admin.asks("listbannedpubkeys")).contains(hex(BOB)).doesNotContain(hex(ANN));
  }
}
