package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.server.configuration.ModelsFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Entities of any model, in the scopes that are listed, are events of kind 30078 (K12).
class BridgedScopesTest {

  private static final SecretKey ANN = key(11);
  private static final SecretKey EVE = key(13);
  private static final String ALL = "{\"kinds\":[9,30001,30078,5]}";

  private final Served served = Served.open(Map.of("nostr.bridge_scopes", "org:*,chat:c1"));
  private int asked;

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  private void post(String model, String id, String scope, String fields) {
    String body = "{\"id\":\"" + id + "\",\"scope\":\"" + scope + "\"" + fields + "}";
    assertThat(served.post("/api/" + model, body).statusCode()).as(body).isBetween(200, 201);
  }

  private void lets(String scope, String who) {
    post("grant", who, scope, ",\"right\":\"read\"");
  }

  private NostrClient authenticated(SecretKey key) {
    NostrClient peer = NostrClient.of(served);
    assertThat(peer.authenticate(key)).contains(",true,");
    return peer;
  }

  private static Event event(String json) {
    return Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.NONE).orThrow();
  }

  private List<Event> stored(NostrClient peer) {
    String name = "stored" + asked++;
    List<String> frames = peer.stored(name, ALL);
    peer.say("[\"CLOSE\",\"" + name + "\"]");
    return frames.subList(0, frames.size() - 1).stream().map(BridgedScopesTest::event).toList();
  }

  @Test
  void anEntityIsOneEventThatItsReadersSeeUntilItIsDeleted() {
    lets("org:1", ANN.publicKey().hex());
    post("task", "t1", "org:1", ",\"title\":\"one\"");
    post("task", "t1", "org:1", ",\"title\":\"two\"");
    NostrClient ann = authenticated(ANN);
    NostrClient eve = authenticated(EVE);
    Event shown = stored(ann).getFirst();
    assertThat(stored(ann)).hasSize(1);
    assertThat(shown.kind()).isEqualTo(30_078);
    assertThat(shown.content()).isEqualTo("{\"title\":\"two\"}");
    assertThat(shown.tag("d")).contains(Tag.of("d", "org:1/task/t1"));
    assertThat(shown.tag("scope")).contains(Tag.of("scope", "org:1", "task", "t1"));
    assertThat(shown.tag("version")).contains(Tag.of("version", "2"));
    assertThat(stored(eve)).isEmpty();

    served.send(served.request("/api/task/t1?scope=org:1").DELETE());
    assertThat(stored(ann)).extracting(Event::kind).containsExactly(5);
    assertThat(stored(eve)).isEmpty();
    ann.close();
    eve.close();
  }

  @Test
  void whatNostrHasWordsOfItsOwnForKeepsThemInChatsOnly() {
    lets("chat:c1", ANN.publicKey().hex());
    lets("org:1", ANN.publicKey().hex());
    post("chat", "c1", "chat:c1", ",\"title\":\"talk\"");
    post("message", "m1", "chat:c1", ",\"content\":\"hello\"");
    post("poll", "p1", "chat:c1", ",\"question\":\"when?\"");
    post("message", "m1", "org:1", ",\"content\":\"elsewhere\"");
    post("chat", "c9", "org:1", ",\"title\":\"no chat's scope\"");
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann))
        .extracting(Event::kind)
        .containsExactlyInAnyOrder(30_001, 9, 30_078, 30_078, 30_078);
    ann.close();
  }

  @Test
  void grantsDocumentsAndOtherScopesAreNotShown() {
    for (String scope : List.of("org:1", "team:1", "chat:c2")) {
      lets(scope, ANN.publicKey().hex());
    }
    post("task", "t1", "team:1", "");
    post("poll", "p1", "chat:c2", "");
    String edit =
        "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"k\",\"value\":\"x\"}]}";
    served.send(
        served
            .request("/api/document/minutes?scope=org:1")
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body(edit)));
    assertThat(served.get("/api/document/minutes?scope=org:1").statusCode()).isEqualTo(200);
    NostrClient ann = authenticated(ANN);
    assertThat(stored(ann)).isEmpty();
    ann.close();
  }

  @Test
  void aListThatIsNoneOfScopesIsRefused() {
    assertThatThrownBy(() -> Served.open(Map.of("nostr.bridge_scopes", "org*1")).close())
        .hasMessageContaining("bridge_scopes");
  }
}
