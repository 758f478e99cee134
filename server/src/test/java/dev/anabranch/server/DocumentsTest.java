package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.server.configuration.ModelsFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Documents for programs that speak no CRDT, and for scope clients that do.
class DocumentsTest {
  private static final String NOTES = "/api/document/notes/may?scope=org:1";

  private static HttpResponse<String> patch(Served served, String json, String... headers) {
    HttpRequest.Builder request =
        served
            .request(NOTES)
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body(json));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return served.send(request);
  }

  private static String state(Served served) {
    Matcher found = Pattern.compile("\"state\":\"([^\"]+)\"").matcher(served.get(NOTES).body());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String push(String key, byte[] update) {
    return "{\"writes\":[{\"key\":\"%s\",\"scope\":\"org:1\",\"model\":\"document\",\"id\":\"notes/may\",\"action\":\"merge\",\"body\":\"%s\"}]}"
        .formatted(key, Base64.getEncoder().encodeToString(update));
  }

  @Test
  void aDocumentIsEditedAndReadOverHttp() {
    try (Served served = Served.open()) {
      HttpResponse<String> made =
          patch(
              served,
              "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"title\",\"value\":\"May\"}]}");
      assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
      String body =
          "{\"state\":\"%s\",\"operations\":[{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"Hello\"},{\"type\":\"Remove\",\"root\":\"body:text\",\"index\":0,\"length\":1},{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"J\"}]}"
              .formatted(state(served));
      assertThat(patch(served, body).statusCode()).isEqualTo(200);

      assertThat(served.get(NOTES + "&root=body:text&root=meta:map").body())
          .contains("\"body\":\"Jello\"", "\"title\":\"May\"", "\"rootNames\":");
      HttpResponse<String> text =
          served.send(served.request(NOTES + "&root=body:text").header("Accept", "text/plain"));
      assertThat(text.body()).isEqualTo("Jello");
      assertThat(served.get("/sync/bootstrap?scope=org:1").body())
          .contains("\"document\"", "\"id\":\"notes/may\"", "\"$body\":\"");
    }
  }

  @Test
  void anIndexIsRefusedWithoutTheVersionItWasSeenAtAndAtAnotherOne() {
    try (Served served = Served.open()) {
      String insert =
          "\"operations\":[{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"a\"}]}";

      assertThat(patch(served, "{" + insert).statusCode()).isEqualTo(400);
      String nothing = Base64.getEncoder().encodeToString(new byte[] {0});
      String atNothing = "{\"stateVector\":\"" + nothing + "\"," + insert;
      assertThat(patch(served, atNothing).statusCode()).isEqualTo(200);
      assertThat(patch(served, atNothing).statusCode()).isEqualTo(412);
      assertThat(served.get(NOTES + "&root=body:text").body()).contains("\"body\":\"a\"");
    }
  }

  @Test
  void aRetryWithItsKeyWritesNothing() {
    try (Served served = Served.open()) {
      String set =
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";

      String first = patch(served, set, "Idempotency-Key", "k1").body();
      assertThat(first).contains("applied", "\"version\":1");
      assertThat(patch(served, set, "Idempotency-Key", "k1").body())
          .contains("duplicate", "\"version\":1");
      assertThat(patch(served, set.replace('1', '2'), "Idempotency-Key", "k1").statusCode())
          .isEqualTo(409);
      assertThat(served.get(NOTES).body()).contains("\"version\":1");
    }
  }

  @Test
  void aRetryOfAnEditByIndexGetsItsFirstAnswerThoughTheDocumentHasMovedOn() {
    try (Served served = Served.open()) {
      String insert =
          "{\"stateVector\":\"AA==\",\"operations\":[{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"a\"}]}";
      assertThat(patch(served, insert, "Idempotency-Key", "k1").body()).contains("applied");

      HttpResponse<String> again = patch(served, insert, "Idempotency-Key", "k1");
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).contains("duplicate", "\"version\":1");
      HttpResponse<String> another = patch(served, insert, "Idempotency-Key", "k2");
      assertThat(another.statusCode()).isEqualTo(412);
      assertThat(another.body()).contains("the document has moved on");
      assertThat(served.get(NOTES + "&root=body:text").body()).contains("\"body\":\"a\"");
    }
  }

  private static String insert(String more) {
    return "{"
        + more
        + "\"operations\":[{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"abc\"}]}";
  }

  @Test
  void anIndexFromBeforeADeletionIsAConflictByStateAndByVersion() {
    try (Served served = Served.open()) {
      assertThat(patch(served, insert(""), "If-Match", "0").statusCode()).isEqualTo(200);
      String before = state(served);
      String remove =
          "{\"state\":\"%s\",\"operations\":[{\"type\":\"Remove\",\"root\":\"body:text\",\"index\":0}]}"
              .formatted(before);
      HttpResponse<String> removed = patch(served, remove);
      assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
      assertThat(removed.body()).contains("\"state\":\"" + state(served) + "\"");

      String stale = insert("\"state\":\"" + before + "\",");
      assertThat(current(patch(served, stale)))
          .contains("\"version\":2,\"syncId\":2,\"createdAt\"");
      assertThat(current(patch(served, stale, "Idempotency-Key", "k"))).contains("\"version\":2,");
      assertThat(current(patch(served, insert(""), "If-Match", "\"1\"")))
          .startsWith("{\"id\":\"notes/may\",\"scope\":\"org:1\",\"version\":2,");
      assertThat(patch(served, insert(""), "If-Match", "W/1").statusCode()).isEqualTo(400);
      assertThat(patch(served, insert(""), "If-Match", "\"2\"").statusCode()).isEqualTo(200);
      assertThat(served.get(NOTES + "&root=body:text").body()).contains("\"body\":\"abcbc\"");
    }
  }

  /// What a conflict says of the document as it stands.
  private static String current(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(412);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    return answer.body().split("\"current\":", 2)[1];
  }

  @Test
  void aConflictSaysWhatItMetWhateverTheRequestWas() {
    try (Served served = Served.open()) {
      String set =
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";
      assertThat(current(patch(served, set, "If-Match", "7"))).startsWith("null");
      patch(served, set);
      HttpRequest.Builder delete = served.request(NOTES).DELETE();

      String stale = current(served.send(delete.setHeader("If-Match", "7")));
      assertThat(stale).contains("\"version\":1,\"syncId\":1,\"createdAt\":");
      assertThat(served.send(delete.setHeader("If-Match", "1")).statusCode()).isEqualTo(200);
      assertThat(current(patch(served, set, "If-Match", "1")))
          .contains("\"version\":2,\"syncId\":2,\"deleted\":true");
    }
  }

  @Test
  void ofEditsThatExpectOneVersionAtOnceOneIsMade() {
    try (Served served = Served.open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int version = 0; version < 10; version++) {
        String seen = "" + version;
        List<CompletableFuture<Integer>> edits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          edits.add(
              CompletableFuture.supplyAsync(
                  () -> patch(served, insert(""), "If-Match", seen).statusCode(), threads));
        }
        List<Integer> answers = edits.stream().map(CompletableFuture::join).sorted().toList();
        assertThat(answers).containsExactly(200, 412, 412, 412);
      }
    }
  }

  @Test
  void aDeleteThatExpectsAnotherVersionIsAConflict() {
    try (Served served = Served.open()) {
      patch(served, insert(""), "If-Match", "0");
      HttpRequest.Builder delete = served.request(NOTES).method("DELETE", Served.body(""));

      assertThat(served.send(delete.setHeader("If-Match", "7")).statusCode()).isEqualTo(412);
      assertThat(served.send(delete.setHeader("If-Match", "1")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anEditSaysNothingOfWhatWasDeletedBefore() {
    try (Served served = Served.open()) {
      patch(served, insert(""), "If-Match", "0");
      edit(served, "{'type':'Remove','root':'body:text','index':0}");
      edit(served, "{'type':'Set','root':'meta:map','key':'n','value':1}");
      String log = served.get("/sync/delta?scope=org:1&lastSyncId=0").body();
      Matcher bodies = Pattern.compile("\"body\":\"([^\"]+)\"").matcher(log);
      List<UpdateV1> updates = new ArrayList<>();
      while (bodies.find()) {
        updates.add(new UpdateV1(Base64.getDecoder().decode(bodies.group(1))));
      }

      assertThat(updates).hasSize(3);
      assertThat(Updates.inspect(updates.get(1)).deletes()).hasSize(1);
      assertThat(Updates.inspect(updates.get(2)).deletes()).isEmpty();
    }
  }

  @Test
  void writersOverHttpAreHeldToTheirRate() {
    Map<String, String> slow =
        Map.of("documents.writes_per_second", "1", "documents.writes_burst", "2");
    try (Served served = Served.open(slow)) {
      String set =
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";
      HttpResponse<String> answer = patch(served, set);
      for (int i = 0; i < 20 && answer.statusCode() == 200; i++) {
        answer = patch(served, set);
      }

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");
      assertThat(served.get(NOTES).statusCode()).isEqualTo(200);
    }
  }

  private static String edit(Served served, String... operations) {
    String body =
        "{\"state\":\"%s\",\"operations\":[%s]}"
            .formatted(state(served), String.join(",", operations).replace('\'', '"'));
    HttpResponse<String> answer = patch(served, body);
    return answer.statusCode() + " " + answer.body();
  }

  @Test
  void typesInTypesAndTreesAreEditedInPlace() {
    try (Served served = Served.open()) {
      patch(
          served,
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"tags\",\"value\":[\"a\",\"b\"],\"as\":\"array\"}]}");
      assertThat(
              edit(
                  served,
                  "{'type':'Remove','root':'meta:map','path':['tags'],'index':0}",
                  "{'type':'Insert','root':'meta:map','path':['tags'],'index':1,'value':{'n':1},'as':'map'}",
                  "{'type':'Set','root':'meta:map','path':['tags',1],'key':'n','value':2}",
                  "{'type':'Insert','root':'body:text','index':0,'value':'bold','marks':{'bold':true}}",
                  "{'type':'Insert','root':'page:xml','index':0,'value':{'type':'heading','attrs':{'level':1},'content':[{'type':'text','text':'Title'}]}}",
                  "{'type':'Set','root':'page:xml','path':[0],'key':'level','value':2}",
                  "{'type':'Insert','root':'page:xml','path':[0,0],'index':5,'value':'!'}"))
          .startsWith("200");

      assertThat(served.get(NOTES + "&root=meta:map&root=body:delta&root=page:tree").body())
          .contains(
              "\"tags\":[\"b\",{\"n\":2}]",
              "{\"insert\":\"bold\",\"attributes\":{\"bold\":true}}",
              "{\"type\":\"heading\",\"attrs\":{\"level\":2},\"content\":[{\"type\":\"text\",\"text\":\"Title!\"}]}");
      HttpRequest.Builder asMarkdown =
          served.request(NOTES + "&root=page").header("Accept", "text/markdown");
      assertThat(served.send(asMarkdown).body()).isEqualTo("## Title!\n");
    }
  }

  @Test
  void aMapAndAListAsTextAreJson() {
    try (Served served = Served.open()) {
      patch(
          served,
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":[1,\"a\"]}]}");
      served.post(
          "/api/document/notes/may/snapshots?scope=org:1", "{\"name\":\"first\",\"note\":\"\"}");
      String snapshot = "/api/document/notes/may/snapshots/first?scope=org:1";

      assertThat(asText(served, NOTES + "&root=meta:map")).isEqualTo("{\"n\":[1,\"a\"]}");
      assertThat(asText(served, NOTES)).isEqualTo("{\"n\":[1,\"a\"]}");
      assertThat(asText(served, snapshot)).isEqualTo("{\"n\":[1,\"a\"]}");

      edit(served, "{'type':'Insert','root':'list:array','index':0,'value':{'b':true}}");
      assertThat(asText(served, NOTES + "&root=list:array")).isEqualTo("[{\"b\":true}]");
      assertThat(asText(served, NOTES + "&root=list")).isEqualTo("[{\"b\":true}]");
      assertThat(asText(served, NOTES)).contains("text has one root", "list", "meta");
    }
  }

  private static String asText(Served served, String path) {
    return served.send(served.request(path).header("Accept", "text/plain")).body();
  }

  @Test
  void anOperationThatDoesNotFitIsNamed() {
    try (Served served = Served.open()) {
      patch(
          served,
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}");
      String good = "{'type':'Set','root':'meta:map','key':'n','value':2}";

      assertThat(edit(served, good, "{'type':'Move','root':'meta:map'}"))
          .startsWith("400")
          .contains("operations[1]: type is Set, Delete, Insert or Remove");
      assertThat(edit(served, good, "{'type':'Remove','root':'body:text','index':3}"))
          .contains("operations[1]: index 3 and length 1 reach beyond 0");
      assertThat(edit(served, "{'type':'Set','root':'body:array','key':'a','value':1}"))
          .contains("operations[0]: Set changes a map or an attribute, not an array");
      assertThat(edit(served, "{'type':'Set','root':'meta:map','path':['n'],'key':'a','value':1}"))
          .contains("leads to a value, which is replaced as a whole");
      assertThat(edit(served, "{'type':'Set','root':'meta:map','path':['x'],'key':'a','value':1}"))
          .contains("leads nowhere in a map");
      assertThat(edit(served, "{'type':'Set','root':'meta:map','key':'a','value':1,'as':'map'}"))
          .contains("a map is made of an object");
      assertThat(edit(served, "{'type':'Insert','root':'body:text','index':0,'value':1}"))
          .contains("into a text goes text, or an object as an embed");
      assertThat(edit(served, "{'type':'Set','root':'meta','key':'a','value':1}"))
          .contains("root is name:text");
      assertThat(edit(served, good, "{'type':'Set','root':'meta:text','key':'a','value':1}"))
          .contains("named with two kinds");
      assertThat(served.get(NOTES + "&root=meta:map").body()).contains("\"n\":1", "\"version\":1");
    }
  }

  @Test
  void rootsThatNobodyNamesAreShownByWhatTheyHold() {
    try (Served served = Served.open()) {
      patch(
          served,
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}");
      edit(
          served,
          "{'type':'Insert','root':'body:text','index':0,'value':'words'}",
          "{'type':'Insert','root':'list:array','index':0,'value':7}",
          "{'type':'Insert','root':'page:xml','index':0,'value':{'type':'paragraph'}}");

      assertThat(served.get(NOTES).body())
          .contains(
              "\"body\":\"words\"",
              "\"list\":[7]",
              "\"meta\":{\"n\":1}",
              "\"page\":\"<paragraph></paragraph>\"");
    }
  }

  @Test
  void aScopeClientPushesAnUpdateAndMalformedBytesChangeNothing() {
    Document document = Document.create(DocumentOptions.forEditing(new Random(7)));
    document.transact(null, transaction -> document.text("body").insert(0, "pushed"));
    UpdateV1 update = document.encodeV1();
    try (Served served = Served.open()) {
      assertThat(served.post("/sync/push", push("k1", update.bytes())).body())
          .contains("\"status\":\"applied\"");
      assertThat(served.post("/sync/push", push("k2", new byte[] {1, 1, 99})).body())
          .contains("\"status\":\"refused\"", "\"invalid\"");

      assertThat(served.get(NOTES + "&root=body:text").body())
          .contains("\"body\":\"pushed\"", "\"version\":1");
    }
  }

  @Test
  void foldingAndRetentionLoseNothingAndCheckAgrees() {
    try (Served served = Served.open(Map.of("documents.fold_updates_min", "10"))) {
      for (int i = 0; i < 40; i++) {
        patch(
            served,
            "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"k%d\",\"value\":%d}]}"
                .formatted(i, i));
      }
      EntityKey key =
          new EntityKey(
              new ScopeName("org:1"), new ModelName("document"), new EntityId("notes/may"));
      await()
          .until(() -> {
            served.get(NOTES);
            return served.store().folded(key).isPresent();
          });
      served.store().raiseFloor(key.scope(), 20, name -> ModelsFile.shipped().of(name).rule());

      assertThat(served.get(NOTES + "&root=meta:map").body())
          .contains("\"k0\":0", "\"k39\":39", "\"version\":40");
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void aDocumentThatNobodyReadsIsFoldedWhereItIsWritten() {
    Document document = Document.create(DocumentOptions.forEditing(new Random(4)));
    EntityKey key =
        new EntityKey(new ScopeName("org:1"), new ModelName("document"), new EntityId("d"));
    try (Served served = Served.open(Map.of("documents.fold_updates_min", "10"))) {
      for (int i = 0; i < 40; i++) {
        StateVector before = document.stateVector();
        document.text("body").insert(i, "k");
        String body =
            "{\"writes\":[{\"key\":\"w%d\",\"scope\":\"org:1\",\"model\":\"document\",\"id\":\"d\",\"action\":\"merge\",\"body\":\"%s\"}]}"
                .formatted(
                    i, Base64.getEncoder().encodeToString(document.encodeV1(before).bytes()));
        assertThat(served.post("/sync/push", body).body()).contains("\"applied\"");
      }
      await().until(() -> served.store().folded(key).isPresent());

      DocumentTrail trail = DocumentTrail.of(served.store(), key, 0).orElseThrow();
      assertThat(trail.updates()).hasSizeLessThan(40);
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void statesAreHeldWithinTheirBudgetAndComeBackOnDemand() {
    try (Served served = Served.open(Map.of("documents.memory_bytes_max", "4096"))) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20; i++) {
          String path = "/api/document/many/" + i + "?scope=org:1";
          String set =
              "{\"operations\":[{\"type\":\"Set\",\"root\":\"m:map\",\"key\":\"r%d\",\"value\":\"%s\"}]}"
                  .formatted(round, "v".repeat(500));
          HttpRequest.Builder request =
              served
                  .request(path)
                  .header("Content-Type", "application/json")
                  .method("PATCH", Served.body(set));
          assertThat(served.send(request).statusCode()).isEqualTo(200);
          assertThat(served.get(path).body()).contains("\"r" + round + "\":\"vvv");
        }
      }
      for (int i = 0; i < 20; i++) {
        assertThat(served.get("/api/document/many/" + i + "?scope=org:1").body())
            .contains("\"version\":2", "\"r0\":\"vvv", "\"r1\":\"vvv");
      }
      String figures = served.get("/metrics").body();
      assertThat(figure(figures, "anabranch_document_loaded_bytes")).isBetween(1.0, 4096.0);
      assertThat(figure(figures, "anabranch_document_evictions_total")).isGreaterThan(15.0);
    }
  }

  private static double figure(String figures, String name) {
    Matcher found = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(figures);
    assertThat(found.find()).as(name).isTrue();
    return Double.parseDouble(found.group(1));
  }
}
