package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.Signing;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One quota for everything that a principal has in the log, whichever way it came in.
///
/// A subclass says over which store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls serve first
abstract class QuotasContract {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final SecretKey PHONE = SignedPeer.key(2);
  private static final PrincipalId NAME = new PrincipalId(ANN.publicKey().hex());
  private static final int MOST = 8;
  private static final String TOO_MANY = "the log may hold of " + NAME + " at most 8 changes";

  private Served served;
  private String token;

  /// The same store each time, empty at first.
  abstract StoreOpener store();

  @BeforeEach
  void serve() {
    served =
        Served.open(
            Map.of(
                "auth.mode",
                "token",
                "nostr.writers",
                "anyone",
                "nostr.members",
                NAME.text(),
                "quotas.principal_changes_max",
                Integer.toString(MOST)),
            store());
    token =
        served.token(
            NAME.text(), new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private HttpResponse<String> post(String id) {
    return served.post("/api/task", "{\"scope\":\"org:1\",\"id\":\"" + id + "\"}", token);
  }

  /// Seven tasks and the grant that founds their scope.
  private void fill() {
    for (int task = 1; task < MOST; task++) {
      assertThat(post("t" + task).statusCode()).isEqualTo(201);
    }
    assertThat(has()).isEqualTo(MOST);
  }

  private long has() {
    return served.store().holdings().getOrDefault(NAME, Holding.NOTHING).changes();
  }

  private int delete(String id, String how) {
    return served
        .send(
            served
                .request("/api/task/" + id + "?scope=org:1" + how)
                .header("Authorization", "Bearer " + token)
                .DELETE())
        .statusCode();
  }

  private void erase(String... ids) {
    for (String id : ids) {
      assertThat(delete(id, "&erase=true")).isEqualTo(200);
    }
  }

  private String push(String id) {
    Socket socket = Socket.open(served, token);
    socket.say(
        "{\"type\":\"push\",\"writes\":[{\"key\":\"push-"
            + id
            + "\",\"action\":\"insert\",\"scope\":\"org:1\",\"model\":\"task\",\"id\":\""
            + id
            + "\",\"data\":{}}]}");
    String pushed = socket.hear("\"type\":\"pushed\"");
    socket.leave();
    return pushed;
  }

  private String publish(Event event) {
    try (NostrClient client = NostrClient.of(served)) {
      return client.answer(event);
    }
  }

  private JsonObject sign(String chat) {
    SignedPeer peer = SignedPeer.connected(served, ANN);
    JsonObject answer =
        peer.sync(
            "{\"action\":\"create\",\"data\":{},\"entity\":\"chat\",\"id\":\"" + chat + "\"}");
    peer.socket().leave();
    return answer;
  }

  private HttpResponse<String> edit() {
    String set =
        "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";
    return served.send(
        served
            .request("/api/document/d?scope=org:1")
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body(set)));
  }

  private static Document typed() {
    Document document = Document.create(DocumentOptions.forEditing(new Random(7)));
    document.transact(null, transaction -> document.text("body").insert(0, "typed"));
    return document;
  }

  @Test
  void whoFilledItOverHttpIsRefusedOnEveryWayIn() {
    fill();
    HttpResponse<String> refused = post("more");
    assertThat(refused.statusCode()).isEqualTo(507);
    assertThat(refused.body()).contains("\"code\":\"quota\"", TOO_MANY, "ask the operator");
    assertThat(post("t1").statusCode()).isEqualTo(507);

    assertThat(push("more")).contains("\"status\":\"refused\"", "\"code\":\"quota\"", TOO_MANY);
    assertThat(publish(note(ANN, NOW, "more"))).startsWith("false blocked: " + TOO_MANY);
    assertThat(publish(event(ANN, 30_001, NOW, "{}", Tag.of("d", "c1"))))
        .startsWith("false blocked: " + TOO_MANY);
    assertThat(sign("c1").text()).contains("\"type\":\"error\"", "\"code\":\"quota\"", TOO_MANY);

    HttpResponse<String> edited = edit();
    assertThat(edited.statusCode()).isEqualTo(507);
    assertThat(edited.body()).contains(TOO_MANY);

    EditorSocket editor = EditorSocket.open(served, "org:1/d?token=" + token);
    assertThat(editor.sync()).isInstanceOf(SyncMessage.Step1.class);
    editor.change(typed().encodeV1());
    assertThat(editor.denied()).startsWith("quota: " + TOO_MANY);
    editor.drop();

    HocuspocusSocket other = HocuspocusSocket.open(served).show("org:1/d", token);
    other.authenticated("org:1/d");
    other.say("org:1/d", new SyncMessage.Changed(typed().encodeV1()));
    assertThat(other.settled("org:1/d")).isFalse();
    assertThat(other.problem("org:1/d")).contains("\"code\":\"quota\"", TOO_MANY);

    EditorSocket founder = EditorSocket.open(served, "org:2/d?token=" + token);
    assertThat(founder.denied()).startsWith("forbidden: " + TOO_MANY);
    assertThat(has()).isEqualTo(MOST);
  }

  @Test
  void deletesAreTakenAndWhatWasErasedMakesRoomOnEveryWayIn() {
    fill();
    assertThat(delete("t1", "")).isEqualTo(200);
    assertThat(post("more").statusCode()).isEqualTo(507);
    erase("t1");
    assertThat(post("more").statusCode()).isEqualTo(201);
    erase("t2");
    assertThat(push("pushed")).contains("\"status\":\"applied\"");
    erase("t3");
    assertThat(publish(note(ANN, NOW, "published"))).startsWith("true");
    erase("t4", "t5");
    assertThat(sign("c1").text()).doesNotContain("\"type\":\"error\"");
    erase("t6", "t7", "more", "pushed");
    assertThat(edit().statusCode()).isEqualTo(200);
  }

  @Test
  void nostrDeletionsAndVanishingAreTakenAndMakeRoom() {
    Event[] notes = new Event[MOST];
    for (int index = 0; index < MOST; index++) {
      notes[index] = note(ANN, NOW, "note " + index);
      assertThat(publish(notes[index])).startsWith("true");
    }
    Event more = note(ANN, NOW, "more");
    assertThat(publish(more)).startsWith("false blocked: " + TOO_MANY);
    assertThat(publish(notes[7])).startsWith("true duplicate: ");
    Tag[] tags = {
      Tag.of("e", notes[0].id().hex()), Tag.of("e", notes[1].id().hex()),
    };
    assertThat(publish(event(ANN, 5, NOW, "", tags))).startsWith("true");
    assertThat(has()).isEqualTo(MOST - 1); // the deletion is an event of its own
    assertThat(publish(more)).startsWith("true");
    assertThat(post("refused").statusCode()).isEqualTo(507);
    assertThat(publish(event(ANN, 5, NOW, "x".repeat(2_000), Tag.of("e", notes[2].id().hex()))))
        .startsWith("false blocked: " + TOO_MANY);
    assertThat(has()).as("and nothing was deleted").isEqualTo(MOST);
    List<ScopeHead> before = served.store().heads(null, 100);
    Tag[] much = new Tag[60];
    Arrays.setAll(much, place -> Tag.of("e", "%064x".formatted(place)));
    assertThat(publish(event(ANN, 5, NOW, "", much))).startsWith("false blocked: " + TOO_MANY);
    assertThat(served.store().heads(null, 100)).as("and left nothing").isEqualTo(before);
    Tag everywhere = Tag.of("relay", "ALL_RELAYS");
    assertThat(publish(event(ANN, 62, NOW + 1, "", everywhere))).startsWith("true");
    assertThat(has()).isLessThan(MOST);
  }

  @Test
  void theCountOutlivesARestart() {
    fill();
    close();
    serve();
    assertThat(post("more").statusCode()).isEqualTo(507);
    erase("t1");
    close();
    serve();
    assertThat(post("more").statusCode()).isEqualTo(201);
    assertThat(post("much more").statusCode()).isEqualTo(507);
  }

  @Test
  void whatLinkedKeysWriteIsOnePrincipals() {
    assertThat(publish(note(PHONE, NOW, "before it was linked"))).startsWith("true");
    SignedPeer peer = SignedPeer.connected(served, ANN);
    LinkStatement statement =
        new LinkStatement(peer.server(), ANN.publicKey(), PHONE.publicKey(), SignedPeer.now());
    byte[] digest = Signing.digest(statement.json());
    JsonObject linked =
        peer.ask(
            JsonObject.EMPTY
                .with("type", "link")
                .with("statement", statement.json())
                .with("keep_signature", ANN.sign(digest).hex())
                .with("join_signature", PHONE.sign(digest).hex()));
    assertThat(linked.text()).doesNotContain("\"type\":\"error\"");
    peer.socket().leave();
    fill();
    assertThat(publish(note(PHONE, NOW, "more"))).startsWith("false blocked: " + TOO_MANY);
    assertThat(publish(note(ANN, NOW, "more"))).startsWith("false blocked: " + TOO_MANY);
    erase("t1");
    assertThat(publish(note(PHONE, NOW, "more")))
        .startsWith("false blocked: " + TOO_MANY + " and would hold 9");
    erase("t2");
    assertThat(publish(note(PHONE, NOW, "more"))).startsWith("true");
    assertThat(has()).isEqualTo(MOST - 1); // and one under the key's own name
  }

  @Test
  void theOperatorHasNoQuotaAndOthersHaveTheirOwn() {
    fill();
    String operator = served.token("operator", Authority.OWNER);
    for (int task = 0; task < 2 * MOST; task++) {
      String body = "{\"scope\":\"org:1\",\"id\":\"operator" + task + "\"}";
      assertThat(served.post("/api/task", body, operator).statusCode()).isEqualTo(201);
    }
    assertThat(publish(note(PHONE, NOW, "another's"))).startsWith("true");
  }
}
