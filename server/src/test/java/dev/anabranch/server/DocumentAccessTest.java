package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.server.configuration.ModelsFile;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Who may do what to a document, and how much, whatever way they come in.
class DocumentAccessTest {
  private static final Map<String, String> TOKENS = Map.of("auth.mode", "token");

  private final Document document = Document.create(DocumentOptions.forEditing(new Random(5)));
  private int pushed;

  /// What an editor that types a text sends.
  private UpdateV1 typed(String text) {
    StateVector before = document.stateVector();
    document.transact(
        null, transaction -> document.text("body").insert(document.text("body").length(), text));
    return document.encodeV1(before);
  }

  private UpdateV1 deleted() {
    StateVector before = document.stateVector();
    document.text("body").delete(0, document.text("body").length());
    return document.encodeV1(before);
  }

  private static Authority owner() {
    return new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false);
  }

  private static Map<String, String> tokensAnd(String setting, String value) {
    Map<String, String> settings = new HashMap<>(TOKENS);
    settings.put(setting, value);
    return settings;
  }

  private String push(Served served, UpdateV1 update, String... token) {
    pushed++;
    String body =
        "{\"writes\":[{\"key\":\"k%d\",\"scope\":\"org:1\",\"model\":\"document\",\"id\":\"d\",\"action\":\"merge\",\"body\":\"%s\"}]}"
            .formatted(pushed, Base64.getEncoder().encodeToString(update.bytes()));
    return (token.length == 0
            ? served.post("/sync/push", body)
            : served.post("/sync/push", body, token[0]))
        .body();
  }

  private static String text(Served served, String token) {
    return served
        .send(
            served
                .request("/api/document/d?scope=org:1&root=body:text&token=" + token)
                .header("Accept", "text/plain"))
        .body();
  }

  private static void letWrite(Served served, String principal, String token) {
    String grant = "{\"scope\":\"org:1\",\"id\":\"%s\",\"right\":\"write\"}";
    served.post("/api/grant", grant.formatted(principal), token);
  }

  @Test
  void withoutATokenThatCountsNobodyComesIn() {
    try (Served served = Served.open(TOKENS)) {
      EditorSocket bare = EditorSocket.open(served, "org:1/d");
      assertThat(bare.denied()).startsWith("unauthenticated: ");
      assertThat(bare.ended()).isEqualTo(4401);
      assertThat(EditorSocket.open(served, "org:1/d?token=anb_aaaa_bbbb").ended()).isEqualTo(4401);

      HttpResponse<String> read = served.get("/api/document/d?scope=org:1");
      assertThat(read.statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aTokenCountsInTheQueryAndInTheHeader() {
    try (Served served = Served.open(TOKENS)) {
      String token = served.token("w", owner());
      EditorSocket one = EditorSocket.open(served, "org:1/d?token=" + token);
      assertThat(one.sync()).isInstanceOf(SyncMessage.Step1.class);
      one.change(typed("seen"));
      await().untilAsserted(() -> assertThat(text(served, token)).isEqualTo("seen"));

      EditorSocket other = EditorSocket.openWithHeader(served, "org:1/d", token);
      assertThat(other.sync()).isInstanceOf(SyncMessage.Step1.class);
    }
  }

  @Test
  void aSocketOnWhichNobodySaysInTimeWhoTheyAreIsClosed() {
    try (Served served = Served.open(tokensAnd("sessions.authentication_millis", "300"))) {
      assertThat(HocuspocusSocket.open(served).ended()).isEqualTo(1008);
      HocuspocusSocket stranger = HocuspocusSocket.open(served).show("org:1/d", "anb_aaaa_bbbb");
      assertThat(stranger.denied("org:1/d")).startsWith("unauthenticated: ");
      assertThat(stranger.ended()).isEqualTo(1008);

      String token = served.token("w", owner());
      HocuspocusSocket known = HocuspocusSocket.open(served).show("org:1/d", token);
      assertThat(known.sync("org:1/d")).isInstanceOf(SyncMessage.Step1.class);
      assertThat(HocuspocusSocket.open(served).ended()).isEqualTo(1008); // its time is over, too
      known.say("org:1/d", new SyncMessage.Step1(StateVector.EMPTY));
      assertThat(known.sync("org:1/d")).isInstanceOf(SyncMessage.Step2.class);
    }
  }

  @Test
  void sessionsOfOneDocumentShareASocketUnderNamesOfTheirOwn() {
    try (Served served = Served.open()) {
      HocuspocusSocket socket = HocuspocusSocket.open(served);
      List<String> names = List.of("org:1/d\0one", "org:1/d\0two", "org:1/d");
      names.forEach(name -> socket.show(name, ""));
      names.forEach(name -> assertThat(socket.sync(name)).isInstanceOf(SyncMessage.Step1.class));
      UpdateV1 update = typed("for all");
      socket.say(names.getFirst(), new SyncMessage.Changed(update));

      assertThat(socket.settled(names.getFirst())).isTrue();
      assertThat(socket.sync(names.get(1))).isEqualTo(new SyncMessage.Changed(update));
      assertThat(socket.sync(names.get(2))).isEqualTo(new SyncMessage.Changed(update));
      socket.show("org:1/d\0" + "x".repeat(200), "");
      assertThat(socket.denied("org:1/d\0" + "x".repeat(200))).startsWith("malformed: ");
    }
  }

  @Test
  void whoMayNotReadTheScopeIsSentAway() {
    try (Served served = Served.open(TOKENS)) {
      served.post("/api/Note", "{\"scope\":\"org:1\",\"id\":\"n\"}", served.token("w", owner()));
      String stranger = served.token("s", Authority.GRANTED);
      EditorSocket socket = EditorSocket.open(served, "org:1/d?token=" + stranger);

      assertThat(socket.denied()).startsWith("forbidden: ");
      assertThat(socket.ended()).isEqualTo(4403);
    }
  }

  @Test
  void aReadersUpdateIsRefusedInWordsAndChangesNothing() {
    try (Served served = Served.open(TOKENS)) {
      String writer = served.token("w", owner());
      String reader = served.token("r", Authority.GRANTED);
      push(served, typed("kept"), writer);
      served.post("/api/grant", "{\"scope\":\"org:1\",\"id\":\"r\",\"right\":\"read\"}", writer);

      EditorSocket socket = EditorSocket.open(served, "org:1/d?token=" + reader);
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      socket.say(new SyncMessage.Step2(document.encodeV1()));
      socket.change(typed(" and more"));
      assertThat(socket.denied()).startsWith("read_only: ");
      assertThat(push(served, document.encodeV1(), reader)).contains("\"forbidden\"");

      assertThat(text(served, writer)).isEqualTo("kept");
      socket.say(new SyncMessage.Step1(StateVector.EMPTY));
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step2.class);
    }
  }

  @Test
  void whatWaitsOnTheServerIsNoChangeWhoeverSendsItAgain() {
    try (Served served = Served.open(TOKENS)) {
      String writer = served.token("w", owner());
      String reader = served.token("r", Authority.GRANTED);
      push(served, typed("one "), writer);
      UpdateV1 missing = typed("two ");
      push(served, typed("three "), writer);
      push(served, deleted(), writer);
      served.post("/api/grant", "{\"scope\":\"org:1\",\"id\":\"r\",\"right\":\"read\"}", writer);
      byte[] held =
          Base64.getDecoder()
              .decode(
                  JsonDecoder.stored(served.get("/api/document/d?scope=org:1", writer).body())
                      .string("body")
                      .orElseThrow());

      for (String token : List.of(writer, reader)) {
        HocuspocusSocket socket = HocuspocusSocket.open(served).show("org:1/d", token);
        assertThat(socket.sync("org:1/d")).isInstanceOf(SyncMessage.Step1.class);
        socket.say("org:1/d", new SyncMessage.Step2(new UpdateV1(held)));
        assertThat(socket.settled("org:1/d")).isTrue();
      }
      assertThat(served.get("/api/document/d?scope=org:1", writer).body())
          .contains("\"version\":3,");
      push(served, missing, writer);
      assertThat(text(served, writer)).isEmpty();
    }
  }

  @Test
  void anotherWritersChangeIsToldAlsoUnderKeysLikeTheSessionsOwn() {
    try (Served served = Served.open(TOKENS)) {
      String writer = served.token("w", owner());
      String other = served.token("v", Authority.GRANTED);
      EditorSocket socket = EditorSocket.open(served, "org:1/d?token=" + writer);
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      socket.change(typed("one"));
      await().untilAsserted(() -> assertThat(text(served, writer)).isEqualTo("one"));
      letWrite(served, "v", writer);
      String told = served.get("/sync/delta?scope=org:1&lastSyncId=0", writer).body();
      Matcher key = Pattern.compile("\"key\":\"(doc/[^\"]*/)[^/\"]*\"").matcher(told);
      assertThat(key.find()).as(told).isTrue();

      String body =
          "{\"writes\":[{\"key\":\"%sx\",\"scope\":\"org:1\",\"model\":\"document\",\"id\":\"d\",\"action\":\"merge\",\"body\":\"%s\"}]}"
              .formatted(key.group(1), Base64.getEncoder().encodeToString(typed(" two").bytes()));
      assertThat(served.post("/sync/push", body, other).body()).contains("applied");
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Changed.class);
    }
  }

  @Test
  void aDocumentDoesNotOutgrowItsBoundByPushesEitherButMayShrink() {
    try (Served served = Served.open(Map.of("documents.document_bytes_max", "4096"))) {
      assertThat(push(served, typed("x".repeat(3_000)))).contains("applied");
      assertThat(push(served, typed("y".repeat(900)))).contains("applied");
      String large = push(served, typed("z".repeat(900)));
      await()
          .untilAsserted(() ->
              assertThat(push(served, document.encodeV1()))
                  .contains("\"refused\"", "\"too_large\"", "at most 4096"));
      assertThat(large).doesNotContain("internal");

      assertThat(push(served, deleted())).contains("applied");
      await().untilAsserted(() -> assertThat(push(served, typed("small"))).contains("applied"));
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void anUpdateIsAsLargeAsTheConfigurationSaysWhateverWayItComes() {
    try (Served served = Served.open(Map.of("documents.message_bytes_max", "10485760"))) {
      EditorSocket socket = EditorSocket.open(served, "org:1/d");
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      socket.change(typed("x".repeat(9 * 1024 * 1024)));
      await()
          .untilAsserted(() ->
              assertThat(served.get("/api/document/d?scope=org:1").statusCode()).isEqualTo(200));
    }
    try (Served served = Served.open(Map.of("documents.message_bytes_max", "4096"))) {
      assertThat(push(served, typed("y".repeat(5_000)))).contains("\"too_large\"");
    }
  }

  @Test
  void aDocumentThatIsTypedKeyByKeyIsAsLargeAsItsTextNotAsItsUpdates() {
    try (Served served = Served.open(Map.of("documents.document_bytes_max", "4096"))) {
      for (int i = 0; i < 600; i++) {
        assertThat(push(served, typed("k"))).contains("applied");
      }
    }
  }

  @Test
  void anEditorsUpdateBeyondTheBoundEndsItsSession() {
    try (Served served = Served.open(Map.of("documents.document_bytes_max", "4096"))) {
      EditorSocket socket = EditorSocket.open(served, "org:1/d");
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      socket.change(typed("x".repeat(5_000)));

      assertThat(socket.denied()).startsWith("too_large: ").contains("at most 4096");
      assertThat(socket.ended()).isEqualTo(4413);
      assertThat(served.get("/api/document/d?scope=org:1").statusCode()).isEqualTo(404);
    }
  }

  /// A code that tells the provider that coming back is no use: it would send the same again.
  @Test
  void anEditorsMessageBeyondTheBoundEndsItsLinkForGood() {
    try (Served served = Served.open(Map.of("documents.message_bytes_max", "4096"))) {
      EditorSocket socket = EditorSocket.open(served, "org:1/d");
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      HocuspocusSocket several = HocuspocusSocket.open(served).show("org:1/d", "");
      several.authenticated("org:1/d");
      SyncMessage large = new SyncMessage.Changed(typed("x".repeat(5_000)));

      assertThat(socket.say(large).ended()).isEqualTo(4413);
      assertThat(several.say("org:1/d", large).ended()).isEqualTo(4413);
      assertThat(served.get("/api/document/d?scope=org:1").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void anotherPrincipalsClientIdIsCountedAndRefusedOnlyByPolicy() {
    try (Served served = Served.open(TOKENS)) {
      String one = served.token("one", owner());
      String two = served.token("two", owner());
      push(served, typed("mine"), one);
      letWrite(served, "two", one);

      assertThat(push(served, typed(" too"), two)).contains("applied");
      assertThat(served.get("/metrics").body()).contains("anabranch_document_foreign_total 1.0");
    }
    try (Served served = Served.open(tokensAnd("documents.refuse_foreign", "true"))) {
      String one = served.token("one", owner());
      String two = served.token("two", owner());
      push(served, document.encodeV1(), one);
      letWrite(served, "two", one);
      assertThat(push(served, typed(" more"), two)).contains("\"device_taken\"");

      EditorSocket socket = EditorSocket.open(served, "org:1/d?token=" + two);
      assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
      socket.change(document.encodeV1());
      assertThat(socket.denied()).startsWith("foreign_client: ");
      assertThat(text(served, one)).isEqualTo("mine too");
    }
  }
}
