package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.server.configuration.ModelsFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
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

  private static String stateVector(Served served) {
    Matcher found =
        Pattern.compile("\"stateVector\":\"([^\"]+)\"").matcher(served.get(NOTES).body());
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
          "{\"stateVector\":\"%s\",\"operations\":[{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"Hello\"},{\"type\":\"Remove\",\"root\":\"body:text\",\"index\":0,\"length\":1},{\"type\":\"Insert\",\"root\":\"body:text\",\"index\":0,\"value\":\"J\"}]}"
              .formatted(stateVector(served));
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

      assertThat(patch(served, set, "Idempotency-Key", "k1").body()).contains("applied");
      assertThat(patch(served, set, "Idempotency-Key", "k1").body()).contains("duplicate");
      assertThat(served.get(NOTES).body()).contains("\"version\":1");
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
}
