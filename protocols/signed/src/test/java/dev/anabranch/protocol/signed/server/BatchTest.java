package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Batches, and answers that hold many entities: what is kept of them, and how large they become.
class BatchTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final int FRAME_BYTES_MAX = 512 * 1024;

  private final House house = House.plain();
  private final Client ann = house.client(ANN);

  private static String chat(String id, long version, String data) {
    return "{\"entity\":\"chat\",\"action\":\""
        + (version == 0 ? "create" : "update")
        + "\",\"id\":\""
        + id
        + "\",\"version\":"
        + version
        + ",\"data\":"
        + data
        + "}";
  }

  private JsonObject batch(boolean atomic, List<String> payloads) {
    return ann.ask(
        "{\"type\":\"sync\",\"atomic\":"
            + atomic
            + ",\"payloads\":["
            + String.join(",", payloads)
            + "]}");
  }

  private static List<JsonObject> objects(JsonObject frame, String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (frame.get(name) instanceof JsonArray(List<Json> values)) {
      values.forEach(value -> objects.add((JsonObject) value));
    }
    return objects;
  }

  private static List<String> statuses(JsonObject frame) {
    return objects(frame, "outcomes").stream()
        .map(outcome -> outcome.string("status").orElseThrow())
        .toList();
  }

  /// The proofs of a chat's changes, those without one left out.
  private List<String> proofs(String id) {
    Reading reading =
        house.engine().store().read(new ScopeName("chat:" + id), 0, PageLimit.DEFAULT);
    return ((Reading.Page) reading)
        .changes().stream()
            .flatMap(change -> Stream.ofNullable(change.proof()))
            .map(BatchTest::text)
            .toList();
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.UTF_8);
  }

  @Test
  void everyPayloadThatStandsAloneKeepsTheFrameAsItsProof() {
    JsonObject answer =
        batch(false, List.of(chat("a", 1, "{}"), chat("b", 0, "{}"), chat("c", 0, "{}")));
    assertThat(statuses(answer)).containsExactly("conflict", "accepted", "accepted");
    assertThat(proofs("b")).singleElement().asString().contains("\"signature\"", "\"b\"");
    assertThat(proofs("c")).isEqualTo(proofs("b"));
  }

  @Test
  void whatIsWrittenTogetherKeepsTheFrameOnce() {
    JsonObject answer = batch(true, List.of(chat("a", 0, "{}"), chat("b", 0, "{}")));
    assertThat(statuses(answer)).containsExactly("accepted", "accepted");
    assertThat(proofs("a")).hasSize(1);
    assertThat(proofs("b")).isEmpty();
  }

  @Test
  void aFrameThatWouldBeKeptTooOftenIsRefused() {
    List<String> payloads =
        IntStream.range(0, 100)
            .mapToObj(each -> chat("c" + each, 0, "{\"x\":\"" + "x".repeat(3_000) + "\"}"))
            .toList();
    assertThat(batch(false, payloads).string("code")).contains("too_large");
    assertThat(statuses(batch(true, payloads))).hasSize(100).containsOnly("accepted");
  }

  @Test
  void manyConflictsFitIntoOneFrame() {
    List<String> stale = new ArrayList<>();
    for (int each = 0; each < 30; each++) {
      ann.sync(chat("c" + each, 0, "{\"x\":\"" + "x".repeat(60_000) + "\"}"));
      stale.add(chat("c" + each, 7, "{}"));
    }
    stale.add(chat("nothing", 7, "{}"));
    JsonObject answer = batch(false, stale);
    assertThat(answer.text().length()).isLessThan(FRAME_BYTES_MAX);
    assertThat(statuses(answer)).hasSize(31).containsOnly("conflict");
    List<JsonObject> outcomes = objects(answer, "outcomes");
    assertThat(outcomes.getFirst().get("current")).isInstanceOf(JsonObject.class);
    assertThat(outcomes.get(29).get("current")).isNull();
    assertThat(outcomes.get(30).get("current")).isEqualTo(JsonNull.NULL);
  }

  @Test
  void aPayloadOfTooManyWritesIsRefusedByItself() {
    String messages =
        IntStream.range(0, 500)
            .mapToObj(each -> "{\"id\":\"m" + each + "\"}")
            .collect(Collectors.joining(","));
    String sharing =
        List.of("readers", "writers", "owners").stream()
            .map(share ->
                "\""
                    + share
                    + "\":["
                    + IntStream.range(0, 200)
                        .mapToObj(each -> "\"" + share + each + "\"")
                        .collect(Collectors.joining(","))
                    + "]")
            .collect(Collectors.joining(","));
    String large = chat("b", 0, "{\"messages\":[" + messages + "],\"sharing\":{" + sharing + "}}");
    JsonObject answer = batch(false, List.of(chat("a", 0, "{}"), large, chat("c", 0, "{}")));
    assertThat(statuses(answer)).containsExactly("accepted", "error", "accepted");
    assertThat(objects(answer, "outcomes").get(1).string("code")).contains("too_large");
    assertThat(ann.link().closed()).isZero();
  }

  @Test
  void aFetchOfWhatChangedEndsBeforeItIsTooLargeAndGoesOn() {
    JsonObject first = ann.sync(chat("c", 0, "{}"));
    for (int each = 0; each < 30; each++) {
      ann.sync(
          "{\"entity\":\"message\",\"chat\":\"c\",\"action\":\"create\",\"id\":\"m"
              + each
              + "\",\"data\":{\"content\":\""
              + "x".repeat(60_000)
              + "\"}}");
    }
    long since = first.number("sync_id").orElseThrow();
    Set<String> found = new HashSet<>();
    String after = "";
    do {
      JsonObject answer =
          ann.ask(
              "{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c\",\"since\":"
                  + since
                  + after
                  + "}");
      assertThat(answer.text().length()).isLessThan(FRAME_BYTES_MAX);
      objects(answer, "items").forEach(item -> found.add(item.string("id").orElseThrow()));
      after = answer.string("next").map(next -> ",\"after\":\"" + next + "\"").orElse("");
    } while (!after.isEmpty());
    assertThat(found).hasSize(30);
  }
}
