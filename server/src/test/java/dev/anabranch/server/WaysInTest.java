package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.testkit.promise.K12EveryGatewayShows;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever comes in one way is heard live on every way that shows it, its own included (K12).
@Timeout(120)
class WaysInTest {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final String OWN = "user:" + ANN.publicKey().hex();

  /// What several ways have words for.
  private enum Shared {
    CHAT("chat", "c1", "chat:c1"),
    MESSAGE("message", "m1", "chat:c1"),
    SETTINGS("settings", "settings", OWN),
    TRAINING("training_data", "t1", OWN);

    final String model;
    final String id;
    final String scope;

    Shared(String model, String id, String scope) {
      this.model = model;
      this.id = id;
      this.scope = scope;
    }

    /// Fields that hold a text.
    String fields(String text) {
      String content = "\"content\":\"" + text + "\"";
      return this == TRAINING ? content + ",\"chat\":\"c1\"" : content;
    }
  }

  /// How something comes in.
  private enum Way {
    SIGNED_FRAME,
    NOSTR_EVENT,
    SCOPE_SOCKET,
    HTTP
  }

  static List<Arguments> pairs() {
    List<Arguments> all = new ArrayList<>();
    for (Shared shared : Shared.values()) {
      for (Way way : Way.values()) {
        all.add(Arguments.of(shared, way));
      }
    }
    return all;
  }

  private final Served served = Served.open(Map.of());
  private final SignedPeer signed = SignedPeer.connected(served, ANN);
  private final NostrClient nostr = NostrClient.of(served);
  private final Socket scope = Socket.open(served, null);
  private final Socket streamed = Socket.open(served, null);

  @BeforeEach
  void everybodyListens() {
    signed.sync(
        "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":"
            + "{\"training_opt_in\":true}}");
    signed.sync(
        "{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"first\":\"settings\"}}");
    signed.ask("{\"type\":\"resume\"}");
    signed.hear("\"type\":\"live\"");
    signed.hear("\"type\":\"live\"");

    assertThat(nostr.authenticate(ANN)).contains(",true,");
    nostr.stored("live", "{\"kinds\":[1,9,10001,30001,30078]}");

    for (String each : List.of("chat:c1", OWN)) {
      scope.say("{\"type\":\"subscribe\",\"scope\":\"" + each + "\",\"lastSyncId\":0}");
      scope.hear("\"type\":\"live\"");
    }
  }

  @AfterEach
  void stateIsTheFoldOfTheLogAndEveryWayShowsEveryChange() {
    signed.socket().leave();
    nostr.close();
    scope.leave();
    streamed.leave();
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
      assertThat(K12EveryGatewayShows.broken(last.store(), WaysOut.of(last.store()))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatComesInOneWayIsHeardLiveOnAllOthers(Shared shared, Way way) {
    String text = "by way of " + way;
    switch (way) {
      case SIGNED_FRAME -> sign(shared, text);
      case NOSTR_EVENT -> publish(shared, text);
      case SCOPE_SOCKET -> push(shared, text);
      case HTTP -> post(shared, text);
    }
    assertThat(scope.hear(text)).contains("\"scope\":\"" + shared.scope + "\"");
    assertThat(signed.hear(text).text())
        .contains("\"entity\":\"" + shared.model + "\"", "\"scope\":\"" + shared.scope + "\"");
    assertThat(nostr.hear(text)).startsWith("[\"EVENT\",\"live\",");
  }

  private void sign(Shared shared, String text) {
    SignedPeer other = SignedPeer.connected(served, ANN);
    boolean isThere = shared == Shared.CHAT || shared == Shared.SETTINGS;
    String named = shared == Shared.SETTINGS ? "" : ",\"id\":\"" + shared.id + "\"";
    String chat = shared == Shared.MESSAGE ? ",\"chat\":\"c1\"" : "";
    String payload =
        "{\"entity\":\""
            + shared.model
            + "\",\"action\":\""
            + (isThere ? "update\",\"version\":1" : "create\"")
            + named
            + chat
            + ",\"data\":{"
            + shared.fields(text)
            + "}}";
    assertThat(other.sync(payload).string("type")).contains("accepted");
    other.socket().leave();
  }

  private void publish(Shared shared, String text) {
    try (NostrClient other = NostrClient.of(served)) {
      other.publish(
          switch (shared) {
            case CHAT ->
                event(
                    ANN,
                    30_001,
                    NOW,
                    "{\"metadata\":{" + shared.fields(text) + "}}",
                    Tag.of("d", "c1"));
            case MESSAGE -> event(ANN, 9, NOW, text, Tag.of("h", "c1"));
            case SETTINGS ->
                event(ANN, 10_001, NOW, "{\"preferences\":{" + shared.fields(text) + "}}");
            case TRAINING ->
                event(
                    ANN,
                    1,
                    NOW,
                    text,
                    Tag.of("t", "training"),
                    Tag.of("quality", "4.5"),
                    Tag.of("h", "c1"));
          });
    }
  }

  private void push(Shared shared, String text) {
    streamed.say(
        "{\"type\":\"push\",\"writes\":[{\"key\":\"k1\",\"action\":\"insert\",\"scope\":\""
            + shared.scope
            + "\",\"model\":\""
            + shared.model
            + "\",\"id\":\""
            + shared.id
            + "\",\"data\":{"
            + shared.fields(text)
            + "}}]}");
    assertThat(streamed.hear("\"type\":\"pushed\"")).contains("\"status\":\"applied\"");
  }

  private void post(Shared shared, String text) {
    String body =
        "{\"id\":\""
            + shared.id
            + "\",\"scope\":\""
            + shared.scope
            + "\","
            + shared.fields(text)
            + "}";
    assertThat(served.post("/api/" + shared.model, body).statusCode()).isBetween(200, 201);
  }

  @ParameterizedTest
  @EnumSource(Shared.class)
  void whatIsDeletedIsGoneOnAllWays(Shared shared) {
    push(shared, "before it goes");
    nostr.hear("before it goes");
    String path = "/api/" + shared.model + "/" + shared.id + "?scope=" + shared.scope;
    assertThat(served.send(served.request(path).DELETE()).statusCode()).isBetween(200, 204);
    assertThat(scope.hear("\"action\":\"delete\"")).contains("\"model_id\":\"" + shared.id + "\"");
    assertThat(signed.hear("\"action\":\"delete\"").text())
        .contains("\"entity\":\"" + shared.model + "\"");
  }

  @Test
  void aModelThatOnlyScopeSyncKnowsIsShownAsAGenericOne() {
    String body = "{\"id\":\"p1\",\"scope\":\"chat:c1\",\"question\":\"when?\"}";
    assertThat(served.post("/api/poll", body).statusCode()).isBetween(200, 201);
    assertThat(scope.hear("when?")).contains("\"model\":\"poll\"");
    assertThat(signed.hear("when?").text()).contains("\"entity\":\"poll\"");
  }

  @Test
  void aDocumentsEditIsHeardByEditorsReadersOfItsScopeAndSignedFramesAndNotOnNostr() {
    EditorSocket editor = EditorSocket.open(served, "chat:c1/minutes");
    assertThat(editor.sync()).isInstanceOf(SyncMessage.Step1.class);
    editor.say(new SyncMessage.Step1(StateVector.EMPTY));
    assertThat(editor.sync()).isInstanceOf(SyncMessage.Step2.class);
    Document document = Document.create(DocumentOptions.forEditing(new Random(7)));
    document.transact(null, transaction -> document.text("body").insert(0, "typed"));
    EditorSocket other = EditorSocket.open(served, "chat:c1/minutes");
    other.change(document.encodeV1());

    String bytes = Base64.getEncoder().encodeToString(document.encodeV1().bytes());
    assertThat(scope.hear("\"model\":\"document\"")).contains(bytes, "\"model_id\":\"minutes\"");
    assertThat(signed.hear("\"entity\":\"document\"").text())
        .contains("\"action\":\"merge\"", "\"id\":\"minutes\"");
    assertThat(editor.sync()).isInstanceOf(SyncMessage.Changed.class);

    push(Shared.MESSAGE, "behind it");
    assertThat(nostr.frame()).contains("behind it");
    editor.drop();
    other.drop();
  }
}
