package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.testkit.TestPostgres;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Named states of a document: kept, listed, compared, brought back.
class DocumentSnapshotsTest {
  private static final String NOTES = "/api/document/notes/may";
  private static final String SCOPE = "?scope=org:1";

  @TempDir private Path data;

  /// A document under test, over HTTP.
  private record Notes(Served served) {

    HttpResponse<String> edit(String operations) {
      String state =
          JsonDecoder.stored(served.get(NOTES + SCOPE).body())
              .string("state")
              .map(seen -> "\"state\":\"" + seen + "\"")
              .orElse("\"stateVector\":\"AA==\"");
      return served.send(
          served
              .request(NOTES + SCOPE)
              .header("Content-Type", "application/json")
              .method(
                  "PATCH", Served.body("{%s,\"operations\":[%s]}".formatted(state, operations))));
    }

    void insert(int index, String text) {
      String operation =
          "{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":%d,\"value\":\"%s\"}"
              .formatted(index, text);
      assertThat(edit(operation).statusCode()).isEqualTo(200);
    }

    void remove(int index, int length) {
      String operation =
          "{\"type\":\"Remove\",\"root\":\"body:text\",\"index\":%d,\"length\":%d}"
              .formatted(index, length);
      assertThat(edit(operation).statusCode()).isEqualTo(200);
    }

    void set(String key, String value) {
      String operation =
          "{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"%s\",\"value\":\"%s\"}"
              .formatted(key, value);
      assertThat(edit(operation).statusCode()).isEqualTo(200);
    }

    HttpResponse<String> keep(String name) {
      return served.post(NOTES + "/snapshots" + SCOPE, "{\"name\":\"" + name + "\"}");
    }

    HttpResponse<String> restore(String name) {
      return served.post(NOTES + "/snapshots/" + name + "/restore" + SCOPE, "{}");
    }

    String text() {
      return text(NOTES);
    }

    String text(String path) {
      return served
          .send(served.request(path + SCOPE + "&root=body:text").header("Accept", "text/plain"))
          .body();
    }

    String diff(String name, String query) {
      return served.get(NOTES + "/snapshots/" + name + "/diff" + SCOPE + query).body();
    }
  }

  private void aHistoryIsKeptComparedAndBroughtBack(Served served) {
    Notes notes = new Notes(served);
    notes.insert(0, "one two three");
    notes.set("title", "Draft");
    HttpResponse<String> kept = notes.keep("draft");
    assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
    assertThat(kept.body()).contains("\"snapshot\":\"draft\"", "\"version\":2", "\"by\":\"local\"");

    assertThat(notes.restore("draft").body()).contains("\"status\":\"unchanged\"");

    notes.remove(4, 4);
    notes.insert(0, "zero ");
    notes.set("title", "Final");
    notes.keep("final");
    assertThat(notes.text()).isEqualTo("zero one three");
    assertThat(notes.text(NOTES + "/snapshots/draft")).isEqualTo("one two three");
    assertThat(served.get(NOTES + "/snapshots" + SCOPE).body())
        .containsSubsequence("\"snapshot\":\"draft\"", "\"snapshot\":\"final\"");

    assertThat(notes.diff("draft", ""))
        .contains(
            "\"body\":[{\"path\":[],\"delta\":[{\"insert\":\"zero"
                + " \"},{\"retain\":4},{\"delete\":4}]}]",
            "\"title\":{\"action\":\"updated\",\"before\":\"Draft\",\"value\":\"Final\"}");
    assertThat(notes.diff("final", "&to=draft&root=body:text"))
        .contains("{\"delete\":5}", "{\"insert\":\"two \"}")
        .doesNotContain("title");
    assertThat(notes.diff("final", "")).contains("\"roots\":{}");

    HttpResponse<String> restored = notes.restore("draft");
    assertThat(restored.body()).contains("\"status\":\"applied\"");
    assertThat(notes.text()).isEqualTo("one two three");
    assertThat(served.get(NOTES + SCOPE + "&root=meta:map").body()).contains("\"title\":\"Draft\"");
    assertThat(notes.diff("draft", "")).contains("\"roots\":{}");
    assertThat(notes.restore("final").body()).contains("\"status\":\"applied\"");
    assertThat(notes.text()).isEqualTo("zero one three");
    assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
  }

  @Test
  void aHistoryIsKeptComparedAndBroughtBackInMemory() {
    try (Served served = Served.open()) {
      aHistoryIsKeptComparedAndBroughtBack(served);
    }
  }

  @Test
  void aHistoryIsKeptComparedAndBroughtBackOnSqlite() {
    Configuration configuration =
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(data.toString()))
            .read();
    StoreOpener opener = Stores.opener(configuration);
    try (Served served = Served.open(configuration, opener)) {
      aHistoryIsKeptComparedAndBroughtBack(served);
    }
    try (Served again = Served.open(configuration, opener)) {
      assertThat(new Notes(again).text(NOTES + "/snapshots/draft")).isEqualTo("one two three");
    }
  }

  @Test
  void aHistoryIsKeptComparedAndBroughtBackOnPostgres() {
    String database = TestPostgres.freshDatabase();
    Configuration configuration =
        new ConfigurationSource().flag("database.url", Optional.of(database)).read();
    try (Served served =
        Served.open(Map.of("database.url", database), Stores.opener(configuration))) {
      aHistoryIsKeptComparedAndBroughtBack(served);
    }
  }

  @Test
  void aSnapshotIsReadAfterTheDocumentWasFoldedAndItsChangesWereLetGo() {
    try (Served served = Served.open(Map.of("documents.fold_updates_min", "2"))) {
      Notes notes = new Notes(served);
      notes.insert(0, "kept words");
      notes.keep("early");
      notes.remove(0, 10);
      for (int i = 0; i < 10; i++) {
        notes.insert(0, "later ");
      }
      long head = served.store().head(new ScopeName("org:1")).seq();
      served
          .store()
          .raiseFloor(new ScopeName("org:1"), head, name -> ModelsFile.shipped().of(name).rule());

      assertThat(notes.restore("early").body()).contains("applied");
      assertThat(notes.text()).isEqualTo("kept words");
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void aRestoreWithItsKeyIsOneEdit() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      notes.insert(0, "first");
      notes.keep("first");
      notes.insert(5, " and more");
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        answers.add(
            served
                .send(
                    served
                        .request(NOTES + "/snapshots/first/restore" + SCOPE)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "r1")
                        .POST(Served.body("{}")))
                .body());
        notes.insert(0, "x");
      }
      assertThat(answers.get(0)).contains("\"status\":\"applied\"", "\"version\":3");
      assertThat(answers.get(1)).contains("\"status\":\"duplicate\"", "\"version\":3");
      assertThat(notes.text()).isEqualTo("xxfirst");
    }
  }

  private static HttpResponse<String> post(Served served, String path, String key, String body) {
    return served.send(
        served
            .request(NOTES + "/snapshots" + path + SCOPE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(Served.body(body)));
  }

  @Test
  void aRetryOfARestoreGetsItsFirstAnswerThoughThereIsNothingLeftToDo() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      notes.insert(0, "first");
      notes.keep("first");
      notes.insert(5, " and more");

      assertThat(post(served, "/first/restore", "r", "{}").body())
          .contains("\"status\":\"applied\"", "\"version\":3");
      assertThat(post(served, "/first/restore", "r", "{}").body())
          .contains("\"status\":\"duplicate\"", "\"version\":3", "\"syncId\"");
      assertThat(post(served, "/first/restore", "r", "{\"other\":1}").statusCode()).isEqualTo(409);
      assertThat(notes.text()).isEqualTo("first");
    }
  }

  @Test
  void aRetryOfKeepingGetsItsFirstAnswerThoughSnapshotAndDocumentAreGone() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      notes.insert(0, "words");
      HttpResponse<String> kept = post(served, "", "k", "{\"name\":\"v1\"}");
      assertThat(kept.statusCode()).isEqualTo(201);
      for (String path : List.of("/snapshots/v1", "")) {
        served.send(
            served
                .request(NOTES + path + SCOPE)
                .header("Content-Type", "application/json")
                .DELETE());
      }

      HttpResponse<String> again = post(served, "", "k", "{\"name\":\"v1\"}");
      assertThat(again.statusCode()).isEqualTo(201);
      assertThat(again.body()).isEqualTo(kept.body());
      assertThat(post(served, "", "k", "{\"name\":\"v2\"}").body()).contains("key_reused");
    }
  }

  @Test
  void aSnapshotThatIsLargerThanAMessageComesBackInSeveralChanges() {
    try (Served served = Served.open(Map.of("documents.message_bytes_max", "65536"))) {
      Notes notes = new Notes(served);
      for (int i = 0; i < 6; i++) {
        notes.insert(0, Integer.toString(i).repeat(50_000));
      }
      String whole = notes.text();
      notes.keep("whole");
      notes.remove(0, 300_000);
      assertThat(notes.text()).isEmpty();

      assertThat(post(served, "/whole/restore", "r", "{}").body()).contains("\"applied\"");
      assertThat(notes.text()).isEqualTo(whole);
      assertThat(post(served, "/whole/restore", "r", "{}").body()).contains("\"duplicate\"");
      assertThat(notes.text()).isEqualTo(whole);
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void aRestoreInSeveralChangesIsMadeAsAWholeOrNotAtAll() {
    try (Served served = Served.open(Map.of("documents.message_bytes_max", "65536"))) {
      Notes notes = new Notes(served);
      for (int i = 0; i < 3; i++) {
        notes.insert(0, Integer.toString(i).repeat(50_000));
      }
      notes.keep("whole");
      notes.remove(0, 150_000);
      notes.insert(0, "later");
      String before = served.get(NOTES + SCOPE).body();
      HttpResponse<String> stale =
          served.send(
              served
                  .request(NOTES + "/snapshots/whole/restore" + SCOPE)
                  .header("Content-Type", "application/json")
                  .header("If-Match", "3")
                  .POST(Served.body("{}")));
      assertThat(stale.statusCode()).isEqualTo(412);
      assertThat(stale.body()).contains("\"current\":{\"id\":\"notes/may\",");
      assertThat(served.get(NOTES + SCOPE).body()).isEqualTo(before);
    }
  }

  @Test
  void everyNoSaysWhatIsWrong() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      assertThat(notes.keep("none").statusCode()).isEqualTo(404);
      notes.insert(0, "words");
      assertThat(notes.keep("a").statusCode()).isEqualTo(201);
      HttpResponse<String> taken = notes.keep("a");
      assertThat(taken.statusCode()).isEqualTo(412);
      assertThat(taken.body()).contains("\"current\":{\"id\":\"", "\"syncId\":2,");
      assertThat(notes.keep("a/b").statusCode()).isEqualTo(400);
      assertThat(notes.keep("").body()).contains("a snapshot's name has 1 to 128 characters");
      assertThat(notes.restore("b").statusCode()).isEqualTo(404);
      assertThat(served.get(NOTES + "/snapshots/a/restore" + SCOPE).statusCode()).isEqualTo(405);

      HttpResponse<String> dropped =
          served.send(
              served
                  .request(NOTES + "/snapshots/a" + SCOPE)
                  .header("Content-Type", "application/json")
                  .DELETE());
      assertThat(dropped.body()).contains("\"deleted\":true");
      assertThat(served.get(NOTES + "/snapshots/a" + SCOPE).statusCode()).isEqualTo(404);
      assertThat(served.get(NOTES + "/snapshots" + SCOPE).body()).contains("\"snapshots\":[]");
    }
  }

  @Test
  void snapshotsAreListedPageByPageAndNeverThoseOfAnotherDocument() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      notes.insert(0, "words");
      for (int i = 0; i < 105; i++) {
        assertThat(notes.keep("s%03d".formatted(i)).statusCode()).isEqualTo(201);
      }
      served.send(
          served
              .request("/api/document/notes/may2" + SCOPE)
              .header("Content-Type", "application/json")
              .method(
                  "PATCH",
                  Served.body(
                      "{\"operations\":[{\"type\":\"Set\",\"root\":\"m:map\",\"key\":\"a\",\"value\":1}]}")));
      served.post("/api/document/notes/may2/snapshots" + SCOPE, "{\"name\":\"other\"}");

      String first = served.get(NOTES + "/snapshots" + SCOPE).body();
      assertThat(first)
          .contains("\"s000\"", "\"s099\"", "\"next\":\"s099\"")
          .doesNotContain("s100");
      assertThat(served.get(NOTES + "/snapshots" + SCOPE + "&after=s099").body())
          .contains("\"s100\"", "\"s104\"")
          .doesNotContain("next", "other");
    }
  }

  @Test
  void aSubscriberOfTheScopeSeesSnapshotsComeAndGo() {
    try (Served served = Served.open()) {
      Notes notes = new Notes(served);
      notes.insert(0, "words");
      notes.keep("v1");

      assertThat(served.get("/sync/delta" + SCOPE).body())
          .contains("\"document_snapshot\"", "\"notes/may/v1\"", "\"documentVersion\":1");
    }
  }
}
