package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.server.configuration.ModelsFile;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A regular Nostr event is a change of the chat that its `h` names (decision 0083); sat by a whole
/// server over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class RoutedEventsContract {

  private static final SecretKey ANN = key(11);
  private static final SecretKey BOB = key(12);
  private static final SecretKey EVE = key(13);
  private static final SecretKey ADMINISTRATOR = key(9);
  private static final Map<String, String> BY_TOKEN =
      Map.of("auth.mode", "token", "nostr.writers", "anyone");
  private static final Tag HERE = Tag.of("h", "c1");
  private static final String OF_C1 = "{\"#h\":[\"c1\"]}";

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    open(Map.of());
  }

  private void open(Map<String, String> settings) {
    served = Served.open(settings, store());
    client = NostrClient.of(served);
  }

  private void openAnew(Map<String, String> settings) {
    client.close();
    served.close();
    open(settings);
  }

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    client.close();
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  private static Event chat(SecretKey by, long at, String id, Tag... more) {
    Tag[] tags = new Tag[more.length + 1];
    tags[0] = Tag.of("d", id);
    System.arraycopy(more, 0, tags, 1, more.length);
    return event(by, 30_001, at, "{\"metadata\":{\"at\":" + at + "}}", tags);
  }

  private static Tag shared(SecretKey with, String role) {
    return Tag.of("p", with.publicKey().hex(), "", role);
  }

  private static Event deletion(SecretKey by, Event of) {
    return event(by, 5, NOW + 10, "", Tag.of("e", of.id().hex()));
  }

  private static String home(SecretKey of) {
    return "user:" + of.publicKey();
  }

  private NostrClient authenticated(SecretKey key) {
    NostrClient peer = NostrClient.of(served);
    assertThat(peer.authenticate(key)).contains(",true,");
    return peer;
  }

  private String delta(String scope) {
    return served.get("/sync/delta?scope=" + scope + "&lastSyncId=0").body();
  }

  private String bootstrap(String scope) {
    return served.get("/sync/bootstrap?scope=" + scope).body();
  }

  /// Whether a scope holds an event, alive.
  private boolean holds(String scope, Event event) {
    HttpResponse<String> answer = served.get("/api/event/" + event.id() + "?scope=" + scope);
    assertThat(answer.statusCode()).isIn(200, 404);
    return answer.statusCode() == 200;
  }

  private Socket follower(String scope) {
    Socket follower = Socket.open(served, null);
    follower.say("{\"type\":\"subscribe\",\"scope\":\"" + scope + "\",\"lastSyncId\":0}");
    follower.hear("\"type\":\"live\"");
    return follower;
  }

  // Seen.

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_111})
  void isSeenByTheChatsFollowersLiveAndStored(int kind) {
    client.publish(chat(ANN, NOW, "c1"));
    Socket follower = follower("chat:c1");
    Event event = event(ANN, kind, NOW + 1, "hallo", HERE);
    client.publish(event);
    String change = "\"model\":\"event\",\"model_id\":\"" + event.id() + "\",\"action\":\"insert\"";
    assertThat(follower.hear(event.id().hex()))
        .contains("\"scope\":\"chat:c1\"", change, "\"kind\":" + kind, ANN.publicKey().hex());
    assertThat(delta("chat:c1")).contains(change);
    assertThat(bootstrap("chat:c1")).contains("\"id\":\"" + event.id() + "\"", "\"kind\":" + kind);
    assertThat(delta(home(ANN))).doesNotContain(event.id().hex());
    assertThat(served.get("/sync/delta?scope=chat:c1&lastSyncId=0").body())
        .as("what it says is its readers' on Nostr alone")
        .doesNotContain("hallo");
    follower.leave();
  }

  @Test
  void isSeenOnSignedFrames() {
    client.publish(chat(ANN, NOW, "c1"));
    SignedPeer ann = SignedPeer.connected(served, ANN);
    ann.ask("{\"type\":\"resume\",\"lastSyncId\":0}");
    ann.hear("\"entity\":\"chat\",\"id\":\"c1\""); // else the event may stand in that snapshot
    Event event = event(ANN, 1_111, NOW + 1, "hallo", HERE);
    client.publish(event);
    assertThat(ann.hear(event.id().hex()).text())
        .contains("\"entity\":\"event\"", "\"action\":\"create\"", "\"scope\":\"chat:c1\"");
    ann.socket().leave();
  }

  @Test
  void isSeenWithAGrantOnlyOnEitherWire() {
    openAnew(BY_TOKEN);
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "reader")));
    String bob = served.token(BOB.publicKey().hex(), Authority.GRANTED);
    String eve = served.token(EVE.publicKey().hex(), Authority.GRANTED);
    Event event = event(ANN, 1_111, NOW + 1, "hallo", HERE);
    NostrClient reader = authenticated(BOB);
    NostrClient stranger = authenticated(EVE);
    assertThat(reader.ids(OF_C1)).isEmpty();
    client.publish(event);
    for (String way : List.of("delta?lastSyncId=0&scope=chat:c1", "bootstrap?scope=chat:c1")) {
      assertThat(served.get("/sync/" + way, bob).body()).contains(event.id().hex());
      assertThat(served.get("/sync/" + way, eve).statusCode()).isEqualTo(403);
    }
    Socket refused = Socket.open(served, eve);
    refused.say("{\"type\":\"subscribe\",\"scope\":\"chat:c1\",\"lastSyncId\":0}");
    assertThat(refused.hear("\"type\"")).contains("forbidden");
    assertThat(reader.ids(OF_C1)).containsExactly(event.id().hex());
    assertThat(stranger.ids(OF_C1)).isEmpty();
    assertThat(client.ids(OF_C1)).isEmpty();
    stranger.say("[\"COUNT\",\"c\"," + OF_C1 + "]");
    assertThat(stranger.frame()).contains("\"count\":0");
    reader.say("[\"COUNT\",\"c\"," + OF_C1 + "]");
    assertThat(reader.frame()).contains("\"count\":1");
    assertThat(reader.ids("{\"search\":\"hallo\"}")).containsExactly(event.id().hex());
    refused.leave();
    reader.close();
    stranger.close();
  }

  @Test
  void isOfItsAuthorsScopeWhereNothingOfTheChatIsHereAndTheCommitAsksForTheRight() {
    Event elsewhere = event(ANN, 7, NOW, "+", Tag.of("h", "elsewhere"));
    client.publish(elsewhere);
    assertThat(holds(home(ANN), elsewhere)).isTrue();
    assertThat(served.store().head(new ScopeName("chat:elsewhere")).seq()).isZero();
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "reader")));
    Event intruding = event(BOB, 7, NOW, "+", HERE);
    assertThat(client.answer(intruding)).startsWith("false restricted: ");
    assertThat(holds("chat:c1", intruding)).isFalse();
    assertThat(holds(home(BOB), intruding)).isFalse();
  }

  @Test
  void isOfTheFirstChatThatIsHereAndTakesTheRightToWriteInAll() {
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "writer")), chat(ANN, NOW, "c2"));
    Tag other = Tag.of("h", "c2");
    Event both = event(ANN, 7, NOW, "+", Tag.of("h", "elsewhere"), other, HERE);
    client.publish(both);
    assertThat(holds("chat:c2", both)).isTrue();
    assertThat(holds("chat:c1", both)).isFalse();
    assertThat(client.answer(event(BOB, 7, NOW, "+", HERE, other))).startsWith("false restricted:");
  }

  @Test
  void isOfSoManyChatsAtMost() {
    client.publish(chat(ANN, NOW, "c1"));
    Tag[] tags = new Tag[17];
    for (int index = 0; index < tags.length; index++) {
      tags[index] = Tag.of("h", "none" + index);
    }
    String no = "false invalid: an event names at most 16 chats";
    assertThat(client.answer(event(ANN, 7, NOW, "elsewhere", tags))).isEqualTo(no);
    assertThat(client.answer(event(ANN, 20_001, NOW, "elsewhere", tags))).isEqualTo(no);
    tags[3] = HERE;
    assertThat(client.answer(event(ANN, 7, NOW, "+", tags))).isEqualTo(no);
    tags[4] = HERE;
    client.publish(event(ANN, 7, NOW, "+", tags));
  }

  // What is not routed.

  @Test
  void whatIsAnEntityForItsPartiesOrTakesBackStaysWithItsAuthor() {
    client.publish(chat(ANN, NOW, "c1"));
    served.send(
        served
            .request("/api/chat/c1?scope=chat:c1")
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"training_opt_in\":true}")));
    Event line = event(ANN, 9, NOW, "a message", HERE);
    Tag training = Tag.of("t", "training");
    Event contribution = event(ANN, 1, NOW, "learn", training, Tag.of("quality", "5"), HERE);
    Event wrap = event(ANN, 1_059, NOW, "sealed", HERE, Tag.of("p", BOB.publicKey().hex()));
    Event article = event(ANN, 30_023, NOW, "text", Tag.of("d", "x"), HERE);
    Event deletion = event(ANN, 5, NOW, "why", Tag.of("e", "ab".repeat(32)), HERE);
    client.publish(line, contribution, wrap, article, deletion);
    assertThat(delta("chat:c1"))
        .contains("\"model\":\"Message\",\"model_id\":\"" + line.id())
        .doesNotContain("\"model\":\"event\"");
    assertThat(delta(home(ANN)))
        .contains(line.id().hex(), contribution.id().hex(), "30023:x", "\"5:")
        .doesNotContain(wrap.id().hex());
    assertThat(holds("private:" + ANN.publicKey(), wrap)).isTrue();
  }

  @Test
  void aMessageIsAnEventOfTheChatWhereTheScopeHoldsNoChat() {
    served.post("/api/message", "{\"id\":\"m\",\"scope\":\"chat:c1\",\"content\":\"first\"}");
    served.post("/api/grant", grant(ANN, "write"));
    Event line = event(ANN, 9, NOW, "a message", HERE);
    client.publish(line);
    assertThat(holds("chat:c1", line)).isTrue();
    assertThat(served.get("/api/message/" + line.id() + "?scope=chat:c1").statusCode())
        .isEqualTo(404);
    served.post("/api/chat", "{\"id\":\"c1\",\"scope\":\"chat:c1\"}");
    assertThat(client.answer(line)).startsWith("true duplicate: ");
    assertThat(holds(home(ANN), line)).isFalse();
  }

  private static String grant(SecretKey to, String right) {
    return "{\"id\":\"" + to.publicKey() + "\",\"scope\":\"chat:c1\",\"right\":\"" + right + "\"}";
  }

  @Test
  void isNotShownAgainByTheBridge() {
    openAnew(Map.of("nostr.bridge_scopes", "chat:*"));
    client.publish(chat(ANN, NOW, "c1"));
    Event event = event(ANN, 1_111, NOW, "once", HERE);
    client.publish(event);
    served.post("/api/poll", "{\"id\":\"p\",\"scope\":\"chat:c1\",\"a\":1}");
    NostrClient ann = authenticated(ANN);
    assertThat(ann.stored("shown", "{\"kinds\":[30078]}")).hasSize(2); // the poll and EOSE
    served.send(served.request("/api/event/" + event.id() + "?scope=chat:c1").DELETE());
    assertThat(ann.ids("{\"kinds\":[5,1111]}")).isEmpty();
    ann.close();
  }

  // For its parties.

  @ParameterizedTest
  @ValueSource(ints = {4, 13, 1_059})
  void whatIsForItsPartiesIsToldToNoFollowerOfItsAuthor(int kind) {
    Tag[] toBob = {Tag.of("p", BOB.publicKey().hex())};
    client.publish(event(ANN, 1, NOW, "to everybody"));
    Event sealed = event(ANN, kind, NOW, "sealed", kind == 13 ? new Tag[0] : toBob);
    Socket follower = follower(home(ANN));
    client.publish(sealed, event(ANN, 1, NOW + 1, "and so is this"));
    assertThat(follower.hear("\"seq\":2")).doesNotContain(sealed.id().hex());
    assertThat(delta(home(ANN)) + bootstrap(home(ANN))).doesNotContain(sealed.id().hex());
    String own = "private:" + ANN.publicKey();
    assertThat(holds(own, sealed)).isTrue();
    String path = "/sync/bootstrap?scope=" + own;
    assertThat(served.get(path, granted(ANN)).body()).contains(sealed.id().hex());
    assertThat(served.get(path, granted(BOB)).statusCode()).isEqualTo(403);
    assertThat(
            served
                .post("/api/note", "{\"scope\":\"private:else\",\"id\":\"n\"}", granted(BOB))
                .statusCode())
        .isEqualTo(403);
    NostrClient party = authenticated(kind == 13 ? ANN : BOB);
    assertThat(party.ids("{\"kinds\":[" + kind + "]}")).containsExactly(sealed.id().hex());
    assertThat(client.answer(sealed)).startsWith("true duplicate: ");

    client.publish(deletion(kind == 1_059 ? BOB : ANN, sealed));
    assertThat(holds(own, sealed)).isFalse();
    assertThat(party.ids("{\"kinds\":[" + kind + "]}")).isEmpty();
    assertThat(client.answer(sealed)).startsWith("false ");
    party.close();
    follower.leave();
  }

  private String granted(SecretKey principal) {
    return served.token(
        principal.publicKey().hex(),
        new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
  }

  // One event.

  @Test
  void isOneEventWhicheverChatsCameToBeHereMeanwhile() {
    Event event = event(ANN, 7, NOW, "+", Tag.of("h", "c2"), HERE);
    client.publish(event);
    client.publish(chat(ANN, NOW, "c1"));
    assertThat(client.answer(event)).startsWith("true duplicate: ");
    assertThat(client.answer(event)).startsWith("true duplicate: ");
    assertThat(holds(home(ANN), event)).isTrue();
    assertThat(holds("chat:c1", event)).isFalse();
    Event next = event(ANN, 7, NOW + 1, "+", Tag.of("h", "c2"), HERE);
    client.publish(next);
    client.publish(chat(ANN, NOW, "c2"));
    assertThat(client.answer(next)).startsWith("true duplicate: ");
    assertThat(client.answer(event)).startsWith("true duplicate: ");
    assertThat(holds("chat:c1", next)).isTrue();
    assertThat(holds("chat:c2", next)).isFalse();
    NostrClient ann = authenticated(ANN);
    assertThat(ann.ids(OF_C1)).containsExactly(next.id().hex(), event.id().hex());
    client.publish(deletion(ANN, event), deletion(ANN, next));
    assertThat(ann.ids(OF_C1)).isEmpty();
    assertThat(client.answer(event)).startsWith("false blocked: ");
    assertThat(client.answer(next)).startsWith("false blocked: ");
    ann.close();
  }

  // Taken back.

  @Test
  void isDeletedByItsAuthorAloneWhoMayHaveLostTheRight() {
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "writer")));
    Event event = event(BOB, 1_111, NOW, "secret", HERE);
    client.publish(event);
    Socket follower = follower("chat:c1");
    client.publish(deletion(ANN, event));
    assertThat(holds("chat:c1", event)).isTrue();
    client.publish(chat(ANN, NOW + 1, "c1", shared(BOB, "revoked")));
    client.publish(deletion(BOB, event));
    assertThat(follower.hear("\"action\":\"delete\"")).contains(event.id().hex());
    assertThat(holds("chat:c1", event)).isFalse();
    NostrClient ann = authenticated(ANN);
    assertThat(ann.ids(OF_C1)).isEmpty();
    assertThat(client.answer(event)).startsWith("false restricted: ");
    client.publish(chat(ANN, NOW + 2, "c1", shared(BOB, "writer")));
    assertThat(client.answer(event)).startsWith("false blocked: ");
    ann.close();
    follower.leave();
  }

  @Test
  void isNotTakenWhereItWasDeletedBefore() {
    client.publish(chat(ANN, NOW, "c1"));
    Event event = event(ANN, 7, NOW, "+", HERE);
    client.publish(deletion(ANN, event));
    assertThat(client.answer(event)).startsWith("false blocked: ");
    assertThat(holds("chat:c1", event)).isFalse();
  }

  @Test
  void goesWithItsAuthorWhoVanishes() {
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "writer")));
    Event event = event(BOB, 1_111, NOW, "secret", HERE);
    Event others = event(ANN, 1_111, NOW, "stays", HERE);
    client.publish(event, others);
    client.publish(event(BOB, 62, NOW + 1, "", Tag.of("relay", "ALL_RELAYS")));
    assertThat(holds("chat:c1", event)).isFalse();
    assertThat(holds("chat:c1", others)).isTrue();
    assertThat(delta("chat:c1")).contains("\"erased\":true");
    assertThat(client.answer(event)).startsWith("false blocked: ");
    client.publish(event(BOB, 1_111, NOW + 2, "anew", HERE));
  }

  @Test
  void isBannedAndUnbanned() {
    openAnew(Map.of("nostr.administrators", ADMINISTRATOR.publicKey().hex()));
    Administrator administrator = new Administrator(served, ADMINISTRATOR);
    client.publish(chat(ANN, NOW, "c1"));
    Event event = event(ANN, 7, NOW, "+", HERE);
    client.publish(event);
    String id = event.id().hex();
    NostrClient ann = authenticated(ANN);
    administrator.does("banevent", "\"" + id + "\"");
    assertThat(ann.ids(OF_C1)).isEmpty();
    assertThat(client.answer(event)).startsWith("false blocked: ");
    administrator.does("unbanevent", "\"" + id + "\"");
    assertThat(ann.ids(OF_C1)).containsExactly(id);
    assertThat(client.answer(event)).startsWith("true duplicate: ");
    ann.close();
  }

  @Test
  void isDeletedOverScopeSyncByWhoMayWriteInTheChatAndWrittenByNobody() {
    openAnew(BY_TOKEN);
    client.publish(chat(ANN, NOW, "c1", shared(BOB, "reader")));
    String ann = served.token(ANN.publicKey().hex(), Authority.GRANTED);
    String bob = served.token(BOB.publicKey().hex(), Authority.GRANTED);
    Event event = event(ANN, 1_111, NOW, "secret", HERE);
    client.publish(event);
    String at = "/api/event/" + event.id() + "?scope=chat:c1";
    assertThat(patched(at, ann)).isEqualTo(400);
    assertThat(patched(at, bob)).isEqualTo(403);
    assertThat(deleted(at, bob)).isEqualTo(403);
    assertThat(deleted(at, ann)).isEqualTo(200);
    NostrClient reader = authenticated(BOB);
    assertThat(reader.ids(OF_C1)).isEmpty();
    assertThat(client.answer(event)).startsWith("false blocked: ");
    reader.close();
  }

  private int patched(String at, String token) {
    return served
        .send(
            served
                .request(at)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method("PATCH", Served.body("{\"kind\":2}")))
        .statusCode();
  }

  private int deleted(String at, String token) {
    return served
        .send(served.request(at).header("Authorization", "Bearer " + token).DELETE())
        .statusCode();
  }
}
