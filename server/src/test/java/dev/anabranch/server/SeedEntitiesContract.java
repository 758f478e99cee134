package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.Signing;
import dev.anabranch.server.configuration.ModelsFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Seed 001: events of the kinds 30001, 10001, 1 and 9 are chats, settings, training data and
/// messages, and what comes in another way is shown on Nostr; sat by a whole server over every
/// store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class SeedEntitiesContract {

  private static final AtomicInteger STORED = new AtomicInteger();
  private static final SecretKey ANN = key(11);
  private static final SecretKey BOB = key(12);
  private static final SecretKey EVE = key(13);

  private static final PageLimit PAGE = new PageLimit(10_000, 64 * 1024 * 1024);

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    served = Served.open(Map.of(), store());
    client = NostrClient.of(served);
  }

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    client.close();
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  private static Event chat(SecretKey by, long at, String id, String content, Tag... more) {
    Tag[] tags = new Tag[more.length + 1];
    tags[0] = Tag.of("d", id);
    System.arraycopy(more, 0, tags, 1, more.length);
    return event(by, 30_001, at, content, tags);
  }

  private static Tag shared(SecretKey with, String role) {
    return Tag.of("p", with.publicKey().hex(), "", role);
  }

  private NostrClient authenticated(SecretKey key) {
    NostrClient peer = NostrClient.of(served);
    assertThat(peer.authenticate(key)).contains(",true,");
    return peer;
  }

  private String get(String path) {
    return served.get(path).body();
  }

  private int logged(String scope) {
    return (int) served.store().head(new ScopeName(scope)).seq();
  }

  private static Event read(String json) {
    if (Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.NONE)
        instanceof Parsed.Value<Event>(Event it)) {
      assertThat(Verification.of(it)).isInstanceOf(Verification.Verified.class);
      return it;
    }
    throw new AssertionError("not an event: " + json);
  }

  /// The event of a live frame.
  private static Event heard(NostrClient peer, String subscription) {
    String opening = "[\"EVENT\",\"" + subscription + "\",";
    String frame = peer.frame();
    assertThat(frame).startsWith(opening);
    return read(frame.substring(opening.length(), frame.length() - 1));
  }

  /// Each time under a name of its own: nothing says when a CLOSE has come, and until then the last
  /// subscription hears what is new.
  private static List<Event> stored(NostrClient peer, String filter) {
    String name = "stored" + STORED.incrementAndGet();
    List<String> frames = peer.stored(name, filter);
    assertThat(frames.getLast()).startsWith("[\"EOSE\"");
    peer.say("[\"CLOSE\",\"" + name + "\"]");
    return frames.subList(0, frames.size() - 1).stream().map(SeedEntitiesContract::read).toList();
  }

  // In.

  @Test
  void aChatFromNostrIsAChatForReadersOfItsScopeLive() {
    Socket reader = Socket.open(served, null);
    reader.say("{\"type\":\"subscribe\",\"scope\":\"chat:c1\",\"lastSyncId\":0}");
    reader.hear("\"type\":\"live\"");
    client.publish(
        chat(
            ANN,
            NOW,
            "c1",
            "{\"messages\":[{\"id\":\"m1\",\"content\":\"hallo\"}],"
                + "\"metadata\":{\"title\":\"Plans\",\"training_opt_in\":true}}"));
    String live = reader.hear("\"title\":\"Plans\"");
    assertThat(live).contains("\"model\":\"chat\"", "\"model\":\"Message\"", "hallo");
    assertThat(get("/api/chat/c1?scope=chat:c1"))
        .contains("\"title\":\"Plans\"", "\"training_opt_in\":true", "\"version\":1");
    assertThat(get("/api/message/m1?scope=chat:c1")).contains("hallo");
    assertThat(get("/api/grant/" + ANN.publicKey() + "?scope=chat:c1")).contains("\"admin\"");
    reader.leave();
  }

  @Test
  void anEventIsOneCommitAndARetryIsNone() {
    Event event =
        chat(ANN, NOW, "c1", "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}],\"metadata\":{}}");
    client.publish(event);
    int changes = logged("chat:c1");
    assertThat(changes).isEqualTo(3); // the founder's grant, the chat, its message
    assertThat(client.answer(event)).startsWith("true duplicate: ");
    assertThat(logged("chat:c1")).isEqualTo(changes);
  }

  @Test
  void theWholeHistoryAgainChangesNothing() {
    String history = "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}],\"metadata\":{\"a\":1}}";
    client.publish(chat(ANN, NOW, "c1", history));
    int changes = logged("chat:c1");
    served.send(
        served
            .request("/api/message/m1?scope=chat:c1")
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"content\":\"edited\"}")));
    client.publish(chat(ANN, NOW + 1, "c1", history));
    assertThat(logged("chat:c1")).isEqualTo(changes + 1);
    assertThat(get("/api/message/m1?scope=chat:c1")).contains("edited");
  }

  @Test
  void absenceDeletesNothingAndFieldsAreMergedOneByOne() {
    client.publish(
        chat(
            ANN,
            NOW,
            "c1",
            "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}],\"metadata\":{\"a\":1,\"b\":1}}"));
    client.publish(chat(ANN, NOW + 1, "c1", "{\"metadata\":{\"b\":2,\"c\":3}}"));
    assertThat(get("/api/chat/c1?scope=chat:c1")).contains("\"a\":1", "\"b\":2", "\"c\":3");
    assertThat(get("/api/message/m1?scope=chat:c1")).contains("\"content\":\"x\"");
  }

  @Test
  void aVersionThatIsNotTheCurrentOneIsRefusedAndNothingStays() {
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"a\":1}}"));
    client.publish(chat(ANN, NOW + 1, "c1", "{\"metadata\":{\"a\":2}}", Tag.of("version", "1")));
    Event stale = chat(ANN, NOW + 2, "c1", "{\"metadata\":{\"a\":3}}", Tag.of("version", "1"));
    assertThat(client.answer(stale)).startsWith("false blocked: ").contains("version 2");
    assertThat(get("/api/chat/c1?scope=chat:c1")).contains("\"a\":2", "\"version\":2");
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[30001]}"))
        .extracting(Event::createdAtSeconds)
        .containsExactly(NOW + 1);
    ann.close();
  }

  @Test
  void aChatOverItsLimitIsInvalidAndNothingStays() {
    String content = "{\"metadata\":{\"a\":\"" + "x".repeat(70_000) + "\"}}";
    assertThat(client.answer(chat(ANN, NOW, "c1", content))).startsWith("false invalid: ");
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"a\":1}}"));
  }

  @Test
  void anEditOfAMessageNamesItsVersion() {
    client.publish(chat(ANN, NOW, "c1", "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}]}"));
    String edit = "{\"messages\":[{\"id\":\"m1\",\"content\":\"y\",\"version\":1}]}";
    client.publish(chat(ANN, NOW + 1, "c1", edit));
    assertThat(get("/api/message/m1?scope=chat:c1")).contains("\"content\":\"y\"");
    assertThat(client.answer(chat(ANN, NOW + 2, "c1", edit))).startsWith("false blocked: ");
  }

  @Test
  void sharingIsGrantsAndNeverTakesAwayWhatItDoesNotName() {
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{}}", shared(BOB, "writer")));
    assertThat(get("/api/grant/" + BOB.publicKey() + "?scope=chat:c1")).contains("\"write\"");
    client.publish(
        chat(BOB, NOW + 1, "c1", "{\"messages\":[{\"id\":\"b1\",\"content\":\"by bob\"}]}"));
    assertThat(get("/api/message/b1?scope=chat:c1")).contains("by bob");
    client.publish(
        chat(ANN, NOW + 2, "c1", "{}", Tag.of("p", BOB.publicKey().hex()))); // a reader at least
    assertThat(get("/api/grant/" + BOB.publicKey() + "?scope=chat:c1")).contains("\"write\"");
    Event sharing = chat(BOB, NOW + 3, "c1", "{}", shared(EVE, "reader"));
    assertThat(client.answer(sharing)).startsWith("false restricted: ");
    client.publish(chat(ANN, NOW + 4, "c1", "{}", shared(BOB, "revoked")));
    Event late = chat(BOB, NOW + 5, "c1", "{\"metadata\":{\"by\":\"bob\"}}");
    assertThat(client.answer(late)).startsWith("false restricted: ");
  }

  @Test
  void somebodyElsesChatIsNotWritten() {
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"a\":1}}"));
    assertThat(client.answer(chat(EVE, NOW, "c1", "{\"metadata\":{\"a\":2}}")))
        .startsWith("false restricted: ");
    assertThat(client.answer(event(EVE, 9, NOW, "let me in", Tag.of("h", "c1"))))
        .startsWith("false restricted: ");
    assertThat(get("/api/chat/c1?scope=chat:c1")).contains("\"a\":1");
  }

  @Test
  void aMessageThatIsAnEventIsAMessageOfItsChatAndNotShownTwice() {
    client.publish(chat(ANN, NOW, "c1", "{}"));
    Event line = event(ANN, 9, NOW + 1, "hallo", Tag.of("h", "c1"));
    client.publish(line);
    assertThat(get("/api/message/" + line.id() + "?scope=chat:c1")).contains("hallo");
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[9],\"#h\":[\"c1\"]}")).containsExactly(line);
    client.publish(event(ANN, 5, NOW + 2, "", Tag.of("e", line.id().hex())));
    assertThat(served.get("/api/message/" + line.id() + "?scope=chat:c1").statusCode())
        .isEqualTo(404);
    assertThat(everything()).doesNotContain("hallo");
    ann.close();
  }

  @Test
  void aMessageToAGroupThatIsNoneOfOursIsAnOrdinaryEvent() {
    Event line = event(ANN, 9, NOW, "elsewhere", Tag.of("h", "elsewhere"));
    client.publish(line);
    assertThat(stored(client, "{\"kinds\":[9]}")).containsExactly(line);
    assertThat(logged("chat:elsewhere")).isZero();
  }

  @Test
  void settingsAreThePrincipalsAndTheServersFieldsStayTheServers() {
    String own = "user:" + ANN.publicKey();
    client.publish(
        event(ANN, 10_001, NOW, "{\"preferences\":{\"theme\":\"dark\"},\"features\":[\"x\"]}"));
    String settings = "/api/settings/settings?scope=" + own;
    assertThat(get(settings)).contains("\"theme\":\"dark\"", "\"version\":1");
    served.send(
        served
            .request(settings)
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"subscription_status\":\"pro\"}")));
    Event ui = event(ANN, 10_001, NOW + 1, "{\"ui\":{\"font\":14}}");
    client.publish(ui);
    assertThat(get(settings))
        .contains("\"theme\":\"dark\"", "\"subscription_status\":\"pro\"", "\"font\":14");
    Event greedy =
        event(
            ANN,
            10_001,
            NOW + 2,
            "{\"feature_flags\":{\"all\":true}}",
            Tag.of("client", "anabranch"));
    assertThat(client.answer(greedy)).startsWith("false restricted: ").contains("feature_flags");
    NostrClient ann = authenticated(ANN);
    List<Event> shown = stored(ann, "{\"kinds\":[30078],\"#p\":[\"" + ANN.publicKey() + "\"]}");
    assertThat(shown).hasSize(1);
    assertThat(shown.getFirst().content()).contains("\"subscription_status\":\"pro\"");
    assertThat(shown.getFirst().tag("version")).contains(Tag.of("version", "2"));
    assertThat(stored(client, "{\"kinds\":[30078,10001]}")).isEmpty();
    ann.close();
  }

  @Test
  void trainingDataComeFromChatsThatOptedIn() {
    client.publish(chat(ANN, NOW, "no", "{}"));
    client.publish(chat(ANN, NOW, "yes", "{\"metadata\":{\"training_opt_in\":true}}"));
    Tag training = Tag.of("t", "training");
    Tag quality = Tag.of("quality", "4.5");
    Event wrong = event(ANN, 1, NOW, "w", training, quality, Tag.of("h", "no"));
    assertThat(client.answer(wrong)).startsWith("false restricted: ").contains("training_opt_in");
    Event right =
        event(ANN, 1, NOW, "r", training, quality, Tag.of("h", "yes"), Tag.of("usage", "research"));
    client.publish(right);
    String at = "/api/training_data/" + right.id() + "?scope=user:" + ANN.publicKey();
    assertThat(get(at))
        .contains("\"content\":\"r\"", "\"quality\":4.5", "\"usage\":\"research\"", "\"yes\"");
    Event paid = event(ANN, 1, NOW, "p", training, quality, Tag.of("reward", "paid"));
    assertThat(client.answer(paid)).startsWith("false restricted: ").contains("reward_status");
    client.publish(event(ANN, 5, NOW + 1, "", Tag.of("e", right.id().hex())));
    assertThat(served.get(at).statusCode()).isEqualTo(404);
  }

  @Test
  void whatCannotBeAFieldIsRefusedByItsName() {
    assertThat(client.answer(chat(ANN, NOW, "c1", "{\"metadata\":{\"version\":1}}")))
        .startsWith("false invalid: ")
        .contains("version");
    assertThat(client.answer(chat(ANN, NOW, "c1", "{\"metadata\":{\"sharing\":{}}}")))
        .startsWith("false invalid: ");
    assertThat(logged("chat:c1")).isZero();
  }

  @Test
  void aChatThatMissesTheShapeIsRefusedAndKeptFromEverybody() {
    client.publish(chat(ANN, NOW, "c1", "{}"));
    for (String content :
        List.of(
            "{\"messages\":[{\"content\":\"secret\"}]}",
            "{\"messages\":[],\"title\":\"secret\"}",
            "{\"metadata\":{\"a\":\"secret\\u0000\"}}")) {
      assertThat(client.answer(chat(ANN, NOW + 1, "c1", content))).startsWith("false invalid: ");
    }
    assertThat(client.answer(chat(ANN, NOW + 1, "c1", "{}", shared(BOB, "admin"))))
        .startsWith("false invalid: ");
    String whole = "{\"messages\":[{\"id\":\"m1\",\"content\":\"secret\"}],\"metadata\":{}}";
    assertThat(client.answer(chat(ANN, NOW + 1, "", whole))).startsWith("false invalid: ");
    assertThat(client.answer(event(ANN, 30_001, NOW + 1, whole))).startsWith("false invalid: ");
    assertThat(everything()).doesNotContain("secret");
  }

  @Test
  void whatAChatHoldsStaysPrivateWhateverTheOperatorTakesForChats() {
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"title\":\"private\"}}"));
    Event pinned = event(ANN, 30_001, NOW, "", Tag.of("d", "pins"), Tag.of("e", "ab".repeat(32)));
    client.publish(pinned);
    client.close();
    served.close();
    served = Served.open(Map.of("nostr.seed_kinds", "off"), store());
    client = NostrClient.of(served);
    Event later = chat(ANN, NOW + 1, "c1", "{\"messages\":[{\"content\":\"no shape\"}]}");
    client.publish(later);
    Event group = chat(ANN, NOW, "elsewhere", "{\"metadata\":{\"name\":\"of others\"}}");
    client.publish(group);
    assertThat(stored(client, "{\"kinds\":[30001]}")).containsExactlyInAnyOrder(pinned, group);
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[30001]}")).containsExactlyInAnyOrder(pinned, group, later);
    ann.close();
  }

  @Test
  void everyRegularEventOfAChatIsForItsReadersAndByItsWriters() {
    client.publish(chat(ANN, NOW, "c1", "{}", shared(BOB, "reader")));
    Tag here = Tag.of("h", "c1");
    Tag copy = Tag.of("proxy", "https://elsewhere.example/1", "web");
    NostrClient bob = authenticated(BOB);
    NostrClient eve = authenticated(EVE);
    String filter = "{\"#h\":[\"c1\"]}";
    assertThat(bob.stored("live", filter)).hasSize(1);
    assertThat(eve.stored("live", filter)).hasSize(1);
    Event reaction = event(ANN, 7, NOW + 1, "+", here);
    Event thread = event(ANN, 11, NOW + 2, "a private thread", Tag.of("h", "elsewhere"), here);
    Event bridged = event(ANN, 9, NOW + 3, "a private copy", here, copy);
    client.publish(reaction, thread, bridged);
    for (Event event : List.of(reaction, thread, bridged)) {
      assertThat(heard(bob, "live")).isEqualTo(event);
    }
    assertThat(stored(bob, filter)).containsExactly(bridged, thread, reaction);
    assertThat(stored(eve, filter)).isEmpty();
    assertThat(stored(client, "{\"kinds\":[7,9,11]}")).isEmpty();
    assertThat(stored(client, "{\"search\":\"private\"}")).isEmpty();

    for (Event intruding :
        List.of(
            event(EVE, 7, NOW, "-", here),
            event(EVE, 1_111, NOW, "spam", here),
            event(EVE, 9, NOW, "spam", here, copy),
            event(EVE, 9, NOW, "spam", here, copy, Tag.of("scope", "chat:c1", "Message", "m")),
            event(BOB, 11, NOW, "readers do not write", here),
            chat(EVE, NOW, "c1", "{\"metadata\":{}}"))) {
      assertThat(client.answer(intruding)).startsWith("false restricted: ");
    }
    assertThat(stored(bob, filter)).containsExactly(bridged, thread, reaction);
    assertThat(client.answer(reaction)).startsWith("true duplicate: ");
    client.publish(event(EVE, 5, NOW, "", Tag.of("e", "ab".repeat(32)), here));
    bob.close();
    eve.close();
  }

  @Test
  void anEventOfAGroupThatIsNoneOfOursIsEverybodys() {
    Event reaction = event(ANN, 7, NOW, "+", Tag.of("h", "elsewhere"));
    client.publish(reaction);
    assertThat(stored(client, "{\"kinds\":[7]}")).containsExactly(reaction);
  }

  // Out.

  @Test
  void whatCameInAnotherWayIsShownToThoseWhoMayReadLiveAndStored() {
    served.post("/api/chat", "{\"id\":\"c2\",\"scope\":\"chat:c2\",\"title\":\"HTTP\"}");
    served.post(
        "/api/grant",
        "{\"id\":\"" + ANN.publicKey() + "\",\"scope\":\"chat:c2\",\"right\":\"read\"}");
    NostrClient ann = authenticated(ANN);
    NostrClient eve = authenticated(EVE);
    String filter = "{\"kinds\":[9,30001,5],\"#h\":[\"c2\"]}";
    assertThat(ann.stored("live", filter)).hasSize(1);
    assertThat(eve.stored("live", filter)).hasSize(1);
    assertThat(client.stored("live", filter)).hasSize(1);
    served.post("/api/message", "{\"id\":\"m1\",\"scope\":\"chat:c2\",\"content\":\"over HTTP\"}");
    Event line = heard(ann, "live");
    assertThat(line.kind()).isEqualTo(9);
    assertThat(line.content()).isEqualTo("over HTTP");
    Tag source = line.tag("proxy").orElseThrow();
    assertThat(source)
        .isEqualTo(
            Tag.of("proxy", served.server().uri() + "/api/Message/m1?scope=chat%3Ac2", "web"));
    assertThat(line.tag("scope")).contains(Tag.of("scope", "chat:c2", "Message", "m1"));
    assertThat(stored(ann, filter)).containsExactly(line);
    List<Event> chats = stored(ann, "{\"kinds\":[30001],\"#d\":[\"c2\"]}");
    assertThat(chats).hasSize(1);
    assertThat(chats.getFirst().content())
        .isEqualTo("{\"messages\":[],\"metadata\":{\"title\":\"HTTP\"}}");
    assertThat(chats.getFirst().author()).isEqualTo(line.author());

    served.send(
        served
            .request("/api/message/m1?scope=chat:c2")
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"content\":\"edited\"}")));
    Event edited = heard(ann, "live");
    assertThat(edited.content()).isEqualTo("edited");
    assertThat(edited.createdAtSeconds()).isGreaterThan(line.createdAtSeconds());
    assertThat(stored(ann, filter)).containsExactly(edited);
    ann.settle();

    served.send(served.request("/api/message/m1?scope=chat:c2").DELETE());
    Event gone = heard(ann, "live");
    assertThat(gone.kind()).isEqualTo(5);
    assertThat(gone.tagValues("e")).containsExactly(edited.id().hex());
    assertThat(stored(ann, "{\"kinds\":[9],\"#h\":[\"c2\"]}")).isEmpty();

    // Nobody else heard or finds anything.
    assertThat(stored(eve, filter)).isEmpty();
    assertThat(stored(client, filter)).isEmpty();
    assertThat(client.say("[\"COUNT\",\"n\"," + filter + "]").frame()).contains("\"count\":0");
    assertThat(stored(client, "{\"search\":\"edited\"}")).isEmpty();
    ann.close();
    eve.close();
  }

  private void delete(String path) {
    assertThat(served.send(served.request(path).DELETE()).statusCode()).isEqualTo(200);
  }

  @Test
  void aMessageThatIsAnEventGoesFromNostrWhenItIsDeletedInAnotherWay() {
    client.publish(chat(ANN, NOW, "c1", "{}", shared(BOB, "reader")));
    Event line = event(ANN, 9, NOW, "said", Tag.of("h", "c1"));
    Event other = event(ANN, 9, NOW, "said too", Tag.of("h", "c1"));
    client.publish(line);
    client.publish(other);
    NostrClient bob = authenticated(BOB);
    assertThat(bob.stored("live", "{\"#h\":[\"c1\"]}")).hasSize(3);
    delete("/api/message/" + line.id() + "?scope=chat:c1");
    Event gone = heard(bob, "live");
    assertThat(gone.kind()).isEqualTo(5);
    assertThat(gone.tagValues("e")).containsExactly(line.id().hex());
    assertThat(gone.tagValues("k")).containsExactly("9");
    assertThat(stored(bob, "{\"kinds\":[9]}")).containsExactly(other);
    assertThat(client.answer(line)).startsWith("false blocked: ");
    bob.close();
  }

  @Test
  void aMessageThatIsAnEventIsShownAsItIsOnceItsTextBecameAnotherOne() {
    client.publish(chat(ANN, NOW, "c1", "{}"));
    Event line = event(ANN, 9, NOW, "said", Tag.of("h", "c1"));
    client.publish(line);
    NostrClient ann = authenticated(ANN);
    patch("/api/message/" + line.id() + "?scope=chat:c1", "{\"pinned\":true}");
    assertThat(stored(ann, "{\"kinds\":[9]}"))
        .extracting(Event::content)
        .containsExactly("said", "said"); // the author's, and the one that is pinned
    patch("/api/message/" + line.id() + "?scope=chat:c1", "{\"content\":\"meant\"}");
    assertThat(stored(ann, "{\"kinds\":[9]}")).extracting(Event::content).containsExactly("meant");
    assertThat(stored(ann, "{\"search\":\"said\"}")).isEmpty();
    ann.close();
  }

  @Test
  void aKeyThatLooksLikeTheEventsDoesNotKeepAnEditFromNostr() {
    client.publish(chat(ANN, NOW, "c1", "{}"));
    Event line = event(ANN, 9, NOW, "said", Tag.of("h", "c1"));
    client.publish(line);
    served.send(
        served
            .request("/api/message/" + line.id() + "?scope=chat:c1")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", line.id() + "/mine")
            .method("PATCH", Served.body("{\"content\":\"meant\"}")));
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[9]}")).extracting(Event::content).containsExactly("meant");
    ann.close();
  }

  @Test
  void moreMessagesThanOneSearchFindsGoInOneBatch() {
    client.publish(chat(ANN, NOW, "c1", "{}"));
    List<String> deletes = new ArrayList<>();
    for (int number = 0; number < 210; number++) {
      Event line = event(ANN, 9, NOW, "line " + number, Tag.of("h", "c1"));
      client.publish(line);
      deletes.add(
          "{\"key\":\"d%d\",\"scope\":\"chat:c1\",\"model\":\"Message\",\"id\":\"%s\",\"action\":\"delete\"}"
              .formatted(number, line.id()));
    }
    assertThat(
            served
                .post("/sync/push", "{\"writes\":[" + String.join(",", deletes) + "]}")
                .body()
                .split("\"applied\"", -1))
        .hasSize(211);
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[9]}")).isEmpty();
    ann.close();
  }

  @Test
  void theEventsOfAChatGoWithItWhosesoeverTheyAre() {
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"t\":1}}", shared(BOB, "writer")));
    client.publish(chat(BOB, NOW + 1, "c1", "{\"metadata\":{\"t\":2}}"));
    client.publish(chat(BOB, NOW + 1, "c2", "{\"metadata\":{\"t\":2}}"));
    NostrClient bob = authenticated(BOB);
    assertThat(stored(bob, "{\"kinds\":[30001]}")).hasSize(3);
    delete("/api/chat/c1?scope=chat:c1");
    assertThat(stored(bob, "{\"kinds\":[30001]}"))
        .extracting(event -> event.tagValues("d").getFirst())
        .containsExactly("c2");
    assertThat(stored(bob, "{\"kinds\":[5]}"))
        .singleElement()
        .satisfies(gone -> assertThat(gone.tagValues("e")).hasSize(2))
        .satisfies(gone -> assertThat(gone.tagValues("k")).containsExactly("30001"));
    assertThat(client.answer(chat(ANN, NOW + 2, "c1", "{\"metadata\":{\"t\":3}}")))
        .startsWith("true");
    assertThat(stored(bob, "{\"kinds\":[30001],\"#d\":[\"c1\"]}")).hasSize(1);
    bob.close();
  }

  @Test
  void settingsAndContributionsThatAreDeletedInAnotherWayGoFromNostr() {
    client.publish(event(ANN, 10_001, NOW, "{\"preferences\":{\"a\":1}}"));
    client.publish(event(BOB, 10_001, NOW, "{\"preferences\":{\"b\":1}}"));
    Event note = event(ANN, 1, NOW, "learn", Tag.of("t", "training"), Tag.of("quality", "5"));
    client.publish(note);
    String scope = "?scope=user:" + ANN.publicKey();
    NostrClient ann = authenticated(ANN);
    patch("/api/training_data/" + note.id() + scope, "{\"reward_status\":\"paid\"}");
    assertThat(stored(ann, "{\"kinds\":[1,10001]}")).hasSize(2); // a reward takes nothing back
    delete("/api/training_data/" + note.id() + scope);
    delete("/api/settings/settings" + scope);
    assertThat(stored(ann, "{\"kinds\":[1,10001,30078]}")).isEmpty();
    assertThat(stored(ann, "{\"kinds\":[5]}"))
        .flatExtracting(gone -> gone.tagValues("k"))
        .containsExactlyInAnyOrder("10001", "1", "30078");
    ann.close();
    NostrClient bob = authenticated(BOB);
    assertThat(stored(bob, "{\"kinds\":[10001]}")).hasSize(1);
    bob.close();
  }

  @Test
  void anEventThatIsDeletedInAnotherWayTakesWhatItWasAlong() {
    client.publish(chat(ANN, NOW, "c1", "{}", shared(BOB, "reader")));
    Event line = event(ANN, 9, NOW, "said", Tag.of("h", "c1"));
    Event note = event(ANN, 1, NOW, "learn", Tag.of("t", "training"), Tag.of("quality", "5"));
    client.publish(line, note);
    String own = "?scope=user:" + ANN.publicKey();
    delete("/api/event/" + line.id() + own);
    delete("/api/event/" + note.id() + own);
    assertThat(served.get("/api/message/" + line.id() + "?scope=chat:c1").statusCode())
        .isEqualTo(404);
    assertThat(served.get("/api/training_data/" + note.id() + own).statusCode()).isEqualTo(404);
    assertThat(served.get("/api/chat/c1?scope=chat:c1").statusCode()).isEqualTo(200);
  }

  @Test
  void anEventIsNotTakenBackByAnEntityThatOnlyHasItsName() {
    Event foreign = event(EVE, 9, NOW, "elsewhere", Tag.of("h", "group"));
    client.publish(foreign);
    served.post("/api/chat", "{\"id\":\"group\",\"scope\":\"chat:group\"}");
    served.post(
        "/api/message",
        "{\"id\":\"" + foreign.id() + "\",\"scope\":\"chat:group\",\"content\":\"x\"}");
    delete("/api/message/" + foreign.id() + "?scope=chat:group");
    NostrClient eve = authenticated(EVE);
    assertThat(stored(eve, "{\"kinds\":[9]}")).containsExactly(foreign);
    eve.close();
  }

  @Test
  void whatIsDeletedAndMadeAnewWithinOneSecondIsShownAgain() {
    served.post("/api/chat", "{\"id\":\"c5\",\"scope\":\"chat:c5\"}");
    served.post("/api/grant", "{\"id\":\"anyone\",\"scope\":\"chat:c5\",\"right\":\"read\"}");
    String message = "{\"id\":\"m1\",\"scope\":\"chat:c5\",\"content\":\"%s\"}";
    for (int round = 0; round < 3; round++) {
      assertThat(served.post("/api/message", message.formatted("take " + round)).statusCode())
          .isEqualTo(201);
      assertThat(stored(client, "{\"kinds\":[9]}"))
          .extracting(Event::content)
          .containsExactly("take " + round);
      served.send(served.request("/api/message/m1?scope=chat:c5").DELETE());
      assertThat(stored(client, "{\"kinds\":[9]}")).isEmpty();
    }
  }

  @Test
  void nothingMoreReachesAReaderWhoseGrantWasTakenBack() {
    client.publish(chat(ANN, NOW, "c1", "{}", shared(BOB, "reader")));
    NostrClient bob = authenticated(BOB);
    assertThat(bob.stored("live", "{\"kinds\":[9],\"#h\":[\"c1\"]}")).hasSize(1);
    served.post("/api/message", "{\"id\":\"m1\",\"scope\":\"chat:c1\",\"content\":\"one\"}");
    assertThat(heard(bob, "live").content()).isEqualTo("one");
    served.post(
        "/api/grant",
        "{\"id\":\"" + BOB.publicKey() + "\",\"scope\":\"chat:c1\",\"right\":\"none\"}");
    served.post("/api/message", "{\"id\":\"m2\",\"scope\":\"chat:c1\",\"content\":\"two\"}");
    assertThat(stored(bob, "{\"kinds\":[9],\"#h\":[\"c1\"]}")).isEmpty();
    bob.close();
  }

  @Test
  void aChatForAnyoneIsForEverybody() {
    served.post("/api/chat", "{\"id\":\"c3\",\"scope\":\"chat:c3\",\"title\":\"Open\"}");
    assertThat(stored(client, "{\"kinds\":[30001]}")).isEmpty();
    served.post("/api/grant", "{\"id\":\"anyone\",\"scope\":\"chat:c3\",\"right\":\"read\"}");
    assertThat(stored(client, "{\"kinds\":[30001]}")).hasSize(1);
  }

  @Test
  void theMessagesOfAChatsEventStayAsEventsOfTheirOwn() {
    client.publish(chat(ANN, NOW, "c1", "{\"messages\":[{\"id\":\"m1\",\"content\":\"old\"}]}"));
    client.publish(
        chat(ANN, NOW + 1, "c1", "{\"messages\":[{\"id\":\"m2\",\"content\":\"new\"}]}"));
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann, "{\"kinds\":[9],\"#h\":[\"c1\"]}"))
        .extracting(Event::content)
        .containsExactlyInAnyOrder("old", "new");
    assertThat(stored(ann, "{\"kinds\":[30001]}")).hasSize(1); // Ann's own, no copy of it
    ann.close();
  }

  @Test
  void whatTheServerSaidIsKnownWhenItComesBackAndNothingElseIsTakenInItsName() {
    client.publish(chat(ANN, NOW, "c1", "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}]}"));
    NostrClient ann = authenticated(ANN);
    Event said = stored(ann, "{\"kinds\":[9]}").getFirst();
    int changes = logged("chat:c1");
    assertThat(ann.answer(said)).startsWith("true duplicate: ");
    assertThat(logged("chat:c1")).isEqualTo(changes);
    ann.close();
  }

  @Test
  void aRestartedServerGivesTheSameAnswers() {
    client.publish(chat(ANN, NOW, "c1", "{\"messages\":[{\"id\":\"m1\",\"content\":\"x\"}]}"));
    served.post("/api/message", "{\"id\":\"m2\",\"scope\":\"chat:c1\",\"content\":\"y\"}");
    NostrClient ann = authenticated(ANN);
    List<Event> before = stored(ann, "{}");
    String record = get("/api/message/m2?scope=chat:c1");
    ann.close();
    client.close();
    served.close();
    open();
    NostrClient again = authenticated(ANN);
    assertThat(stored(again, "{}")).isEqualTo(before);
    assertThat(get("/api/message/m2?scope=chat:c1")).isEqualTo(record);
    assertThat(client.answer(before.stream().filter(e -> e.kind() == 30_001).findFirst().get()))
        .startsWith("true duplicate: ");
    again.close();
  }

  // Whose keys are.

  private void link(SecretKey keep, SecretKey join) {
    SignedPeer peer = SignedPeer.connected(served, keep);
    LinkStatement statement =
        new LinkStatement(
            peer.server(), keep.publicKey(), join.publicKey(), System.currentTimeMillis());
    byte[] digest = Signing.digest(statement.json());
    JsonObject linked =
        peer.ask(
            JsonObject.EMPTY
                .with("type", "link")
                .with("statement", statement.json())
                .with("keep_signature", keep.sign(digest).hex())
                .with("join_signature", join.sign(digest).hex()));
    assertThat(linked.string("type")).contains("linked");
    peer.socket().leave();
  }

  @Test
  void linkedKeysAreOnePrincipal() {
    Event before = event(BOB, 1, NOW, "before");
    client.publish(before);
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"a\":1}}"));
    NostrClient bob = authenticated(BOB);
    link(ANN, BOB);
    assertThat(bob.frame()).startsWith("[\"NOTICE\",\"restricted: ");
    client.publish(chat(BOB, NOW + 1, "c1", "{\"metadata\":{\"a\":2}}"));
    client.publish(event(BOB, 10_001, NOW, "{\"preferences\":{\"by\":\"bob\"}}"));
    assertThat(get("/api/settings/settings?scope=user:" + ANN.publicKey())).contains("bob");
    assertThat(client.answer(before)).startsWith("true duplicate: ");
    NostrClient again = authenticated(BOB);
    assertThat(stored(again, "{\"kinds\":[30001,10001]}")).hasSize(3);
    assertThat(stored(client, "{\"kinds\":[30001,10001]}")).isEmpty();
    again.close();
  }

  @Test
  void whoIsRevokedUnderOneKeyIsRevokedUnderAllOfThem() {
    link(BOB, EVE);
    client.publish(chat(ANN, NOW, "c1", "{}", shared(BOB, "writer"), shared(EVE, "reader")));
    Event revoking = chat(ANN, NOW + 1, "c1", "{}", shared(EVE, "revoked"));
    client.publish(revoking);
    assertThat(get("/api/grant/" + BOB.publicKey() + "?scope=chat:c1")).contains("\"none\"");
    assertThat(get("/api/grant/" + EVE.publicKey() + "?scope=chat:c1")).contains("\"none\"");
    assertThat(client.answer(event(BOB, 9, NOW, "still here?", Tag.of("h", "c1"))))
        .startsWith("false restricted: ");

    // What was given back is not taken by the same event again.
    client.publish(chat(ANN, NOW + 2, "c1", "{}", shared(BOB, "writer")));
    assertThat(client.answer(revoking)).startsWith("false blocked: ");
    assertThat(get("/api/grant/" + BOB.publicKey() + "?scope=chat:c1")).contains("\"write\"");

    // Who may not share takes nothing back, under no name.
    Event sharing = chat(BOB, NOW, "c1", "{}", shared(ANN, "revoked"));
    assertThat(client.answer(sharing)).startsWith("false restricted: ");
    assertThat(get("/api/grant/" + ANN.publicKey() + "?scope=chat:c1")).contains("\"admin\"");
  }

  @Test
  void aRevocationUnderTheFirstKeyTakesWhatALaterKeyHolds() {
    link(BOB, EVE);
    client.publish(chat(ANN, NOW, "c1", "{}", shared(EVE, "writer")));
    client.publish(chat(ANN, NOW + 1, "c1", "{}", shared(BOB, "revoked")));
    assertThat(get("/api/grant/" + EVE.publicKey() + "?scope=chat:c1")).contains("\"none\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRevocationUnderAKeyThatIsItselfOutTakesWhatThePrincipalsOtherKeysHold(boolean first) {
    SecretKey out = first ? BOB : EVE;
    SecretKey other = first ? EVE : BOB;
    link(BOB, EVE);
    client.publish(chat(ANN, NOW, "c1", "{}", shared(other, "writer"), shared(out, "reader")));
    JsonObject revoke = JsonObject.EMPTY.with("type", "revoke").with("key", out.publicKey().hex());
    assertThat(SignedPeer.connected(served, BOB).ask(revoke).string("type")).contains("revoked");
    client.publish(chat(ANN, NOW + 1, "c1", "{}", shared(out, "revoked")));
    assertThat(get("/api/grant/" + other.publicKey() + "?scope=chat:c1")).contains("\"none\"");
    assertThat(client.answer(event(other, 9, NOW, "still here?", Tag.of("h", "c1"))))
        .startsWith("false restricted: ");
  }

  @Test
  void aRevokedKeyIsRefusedAndItsConnectionsEndHoweverItWasRevoked() {
    NostrClient bob = authenticated(BOB);
    PrincipalId principal = new PrincipalId(BOB.publicKey().hex());
    long now = System.currentTimeMillis();
    served
        .store()
        .credentials()
        .put(
            new Credential(
                Credential.NOSTR,
                principal.text(),
                principal,
                null,
                Authority.GRANTED,
                "",
                now,
                null,
                now));
    assertThat(bob.frame()).startsWith("[\"NOTICE\",\"restricted: ");
    assertThat(client.answer(event(BOB, 1, NOW, "late"))).startsWith("false restricted: ");
    NostrClient again = NostrClient.of(served);
    assertThat(again.authenticate(BOB)).contains(",false,\"restricted: ");
    again.close();
  }

  // Vanishing (NIP-62).

  /// Everything that can be read of anything: the log of every scope, and its state.
  private String everything() {
    StringBuilder all = new StringBuilder();
    for (ScopeHead head : served.store().heads(null, 1_000)) {
      if (served.store().read(head.scope(), 0, PAGE) instanceof Reading.Page page) {
        for (Change change : page.changes()) {
          Bytes proof = change.proof();
          all.append(change.data()).append('\n');
          all.append(proof == null ? "" : new String(proof.toArray(), StandardCharsets.UTF_8));
        }
      }
      served.store().state(head.scope(), null, PAGE).entities().forEach(all::append);
    }
    return all.toString();
  }

  private void patch(String path, String body) {
    served.send(
        served
            .request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body(body)));
  }

  private Event vanish(SecretKey who) {
    long now = System.currentTimeMillis() / 1000;
    return event(who, 62, now, "", Tag.of("relay", "ALL_RELAYS"));
  }

  @Test
  void nothingOfWhoVanishedIsReadThroughAnyDoorAndWhatOthersWroteStays() {
    String ann = ANN.publicKey().hex();
    client.publish(event(ANN, 10_001, NOW, "{\"preferences\":{\"theme\":\"secret 1\"}}"));
    patch("/api/settings/settings?scope=user:" + ann, "{\"subscription_status\":\"pro\"}");
    client.publish(event(ANN, 1, NOW, "secret 2", Tag.of("t", "training"), Tag.of("quality", "5")));
    String opening =
        "{\"messages\":[{\"id\":\"m1\",\"content\":\"secret 3\"},"
            + "{\"id\":\"m2\",\"content\":\"secret 4\"}],"
            + "\"metadata\":{\"title\":\"secret 5\",\"topic\":\"secret 6\"}}";
    client.publish(chat(ANN, NOW, "c1", opening, shared(BOB, "writer")));
    String bobs =
        "{\"messages\":[{\"id\":\"b1\",\"content\":\"by bob\"}],"
            + "\"metadata\":{\"colour\":\"blue\",\"topic\":\"what bob said\"}}";
    client.publish(chat(BOB, NOW + 1, "c1", bobs));
    client.publish(chat(ANN, NOW + 2, "c1", "{\"metadata\":{\"topic\":\"secret 7\"}}"));
    client.publish(event(ANN, 9, NOW + 3, "secret 8", Tag.of("h", "c1")));
    client.publish(chat(ANN, NOW, "alone", "{\"metadata\":{\"title\":\"secret 9\"}}"));
    patch("/api/chat/c1?scope=chat:c1", "{\"pinned\":true}"); // shown by the bridge, title and all
    patch("/api/message/m2?scope=chat:c1", "{\"edited\":true}");
    served.send(served.request("/api/message/m1?scope=chat:c1").DELETE());
    assertThat(everything()).contains("secret 3", "secret 5", "secret 9");
    client.publish(vanish(ANN));
    assertThat(everything()).doesNotContain("secret").contains("by bob", "what bob said");
    assertThat(get("/api/chat/c1?scope=chat:c1"))
        .contains("\"colour\":\"blue\"", "\"topic\":\"what bob said\"", "\"pinned\":true")
        .doesNotContain("title");
    assertThat(served.get("/api/chat/alone?scope=chat:alone").statusCode()).isEqualTo(404);
    assertThat(get("/api/settings/settings?scope=user:" + ann)).doesNotContain("theme");
    assertThat(get("/sync/delta?scope=chat:c1&lastSyncId=0"))
        .contains("by bob")
        .doesNotContain("secret");
    NostrClient bob = authenticated(BOB);
    assertThat(stored(bob, "{\"kinds\":[9,30001,30078,10001,1]}"))
        .extracting(Event::content)
        .noneMatch(content -> content.contains("secret"))
        .anyMatch(content -> content.contains("by bob"))
        .anyMatch(content -> content.contains("pinned"));
    bob.close();
  }

  @Test
  void aContributionThatWasRewardedIsTakenBackByVanishingOnlyAndTheRewardStays() {
    Event note = event(ANN, 1, NOW, "my words", Tag.of("t", "training"), Tag.of("quality", "5"));
    client.publish(note);
    String path = "/api/training_data/" + note.id() + "?scope=user:" + ANN.publicKey();
    patch(path, "{\"reward_status\":\"paid\"}");
    Event deletion = event(ANN, 5, NOW + 1, "", Tag.of("e", note.id().hex()));
    assertThat(client.answer(deletion)).startsWith("false restricted: ").contains("reward_status");
    Authority writer = new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false);
    String token = served.token(ANN.publicKey().hex(), writer);
    for (String model : List.of("training_data", "event")) {
      String one = "/api/" + model + "/" + note.id() + "?scope=user:" + ANN.publicKey();
      HttpResponse<String> refused =
          served.send(served.request(one).header("Authorization", "Bearer " + token).DELETE());
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
      assertThat(refused.body()).contains("server_owned");
    }
    assertThat(get(path)).contains("my words", "\"reward_status\":\"paid\"");
    client.publish(vanish(ANN));
    assertThat(everything()).doesNotContain("my words");
    assertThat(get(path)).contains("\"reward_status\":\"paid\"");
  }

  @Test
  void whoVanishesLeavesNothingInTheirPrivateScope() {
    Authority writer = new Authority(List.of(ScopePattern.EVERY), Right.WRITE, false, false);
    String token = served.token(ANN.publicKey().hex(), writer);
    String scope = "private:" + ANN.publicKey();
    assertThat(
            served
                .post("/api/note", "{\"id\":\"n\",\"scope\":\"" + scope + "\",\"t\":1}", token)
                .statusCode())
        .isEqualTo(201);
    client.publish(event(ANN, 4, NOW, "sealed", Tag.of("p", BOB.publicKey().hex())));
    client.publish(vanish(ANN));
    assertThat(served.get("/api/note/n?scope=" + scope).statusCode()).isEqualTo(404);
    assertThat(get("/sync/bootstrap?scope=" + scope)).doesNotContain("\"kind\":4");
  }

  @Test
  void whatSomebodyWroteAfterTheTimeOfTheirRequestStays() {
    String first = "{\"metadata\":{\"a\":\"secret\",\"b\":\"by ann\"}}";
    client.publish(chat(ANN, NOW, "c1", first, shared(BOB, "writer")));
    client.publish(chat(BOB, NOW, "c1", "{\"metadata\":{\"b\":\"by bob\"}}"));
    Event request = vanish(ANN);
    while (System.currentTimeMillis() / 1000 <= request.createdAtSeconds()) {
      NostrClient.pause();
    }
    long later = request.createdAtSeconds() + 1;
    client.publish(chat(ANN, later, "c1", "{\"metadata\":{\"c\":\"later\"}}"));
    client.publish(request);
    assertThat(get("/sync/delta?scope=chat:c1&lastSyncId=0")).doesNotContain("secret");
    assertThat(get("/api/chat/c1?scope=chat:c1"))
        .contains("\"b\":\"by bob\"", "\"c\":\"later\"")
        .doesNotContain("\"a\"");
  }

  @Test
  void whoVanishedMayBeginAnewAndARequestMadeAgainTakesNothingMore() {
    client.publish(event(ANN, 10_001, NOW, "{\"preferences\":{\"theme\":\"secret\"}}"));
    Event request = vanish(ANN);
    client.publish(request);
    long next = request.createdAtSeconds() + 1;
    while (System.currentTimeMillis() / 1000 < next) {
      NostrClient.pause();
    }
    client.publish(event(ANN, 10_001, next, "{\"preferences\":{\"theme\":\"light\"}}"));
    assertThat(client.answer(request)).startsWith("true duplicate: ");
    assertThat(get("/api/settings/settings?scope=user:" + ANN.publicKey())).contains("light");
    assertThat(everything()).doesNotContain("secret");
  }

  @Test
  void whatWasSaidAgainForOneWhoVanishedGoesWhenItsAuthorVanishes() {
    client.publish(
        chat(ANN, NOW, "c1", "{\"metadata\":{\"title\":\"by ann\"}}", shared(BOB, "writer")));
    patch("/api/chat/c1?scope=chat:c1", "{\"colour\":\"the owner's\"}");
    client.publish(chat(BOB, NOW, "c1", "{\"metadata\":{\"topic\":\"bob's secret\"}}"));
    client.publish(chat(ANN, NOW + 1, "c1", "{\"metadata\":{\"topic\":\"by ann\"}}"));
    client.publish(vanish(ANN));
    assertThat(everything()).doesNotContain("by ann");
    assertThat(get("/api/chat/c1?scope=chat:c1")).contains("\"topic\":\"bob's secret\"");
    client.publish(vanish(BOB));
    assertThat(everything()).doesNotContain("secret").contains("the owner's");
    assertThat(get("/api/chat/c1?scope=chat:c1")).contains("the owner's").doesNotContain("topic");
  }

  @Test
  void whatCameLaterThanTheRequestAndSaysThatItIsOfBeforeGoesAsWell() {
    long asked = System.currentTimeMillis() / 1000 - 1_000;
    client.publish(
        chat(ANN, asked - 1, "c1", "{\"metadata\":{\"title\":\"secret\"}}", shared(BOB, "writer")));
    client.publish(chat(BOB, asked - 1, "c1", "{\"metadata\":{\"topic\":\"by bob\"}}"));
    client.publish(chat(ANN, asked + 1, "c1", "{\"metadata\":{\"colour\":\"blue\"}}"));
    client.publish(event(ANN, 62, asked, "", Tag.of("relay", "ALL_RELAYS")));
    assertThat(get("/api/chat/c1?scope=chat:c1"))
        .contains("by bob", "blue")
        .doesNotContain("secret");
    assertThat(get("/sync/delta?scope=chat:c1&lastSyncId=0")).doesNotContain("secret");
  }

  @Test
  void aKeyThatJoinedAPrincipalTakesItsOwnMessagesAlongAndNotThePrincipals() {
    String ann = ANN.publicKey().hex();
    served
        .store()
        .credentials()
        .put(
            new Credential(
                Credential.NOSTR,
                EVE.publicKey().hex(),
                new PrincipalId(ann),
                null,
                Authority.GRANTED,
                "",
                1,
                null,
                null));
    client.publish(chat(ANN, NOW, "c1", "{\"metadata\":{\"title\":\"by ann\"}}"));
    client.publish(event(ANN, 9, NOW, "ann says", Tag.of("h", "c1")));
    client.publish(event(EVE, 9, NOW, "secret", Tag.of("h", "c1")));
    assertThat(everything()).contains("secret");
    Event request = vanish(EVE);
    client.publish(request);
    assertThat(everything()).doesNotContain("secret").contains("by ann", "ann says");
    int changes = logged("chat:c1");
    assertThat(client.answer(request)).startsWith("true duplicate: ");
    assertThat(logged("chat:c1")).isEqualTo(changes);
  }

  // What the relay says of itself.

  @Test
  void saysWhatItTakesForEntitiesAndWithWhichKeyItSigns() {
    served.post("/api/chat", "{\"id\":\"c4\",\"scope\":\"chat:c4\"}");
    served.post("/api/grant", "{\"id\":\"anyone\",\"scope\":\"chat:c4\",\"right\":\"read\"}");
    JsonObject information =
        JsonDecoder.stored(
            served.send(served.request("/").header("Accept", "application/nostr+json")).body());
    assertThat(information.string("seed_kinds")).contains("shape");
    assertThat(information.string("self"))
        .contains(stored(client, "{\"kinds\":[30001]}").getFirst().author().hex());
  }
}
