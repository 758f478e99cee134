package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
import dev.anabranch.protocol.signed.wire.FrameSplitter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a client catches up with comes in frames of a bounded size, whatever it is made of.
class CatchUpFramesTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final int MESSAGES = 1_000;

  private final House house = House.plain();

  private Client written(String content) {
    Client ann = house.client(ANN);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c\",\"data\":{}}");
    for (int batch = 0; batch < MESSAGES; batch += 100) {
      String payloads =
          IntStream.range(batch, batch + 100)
              .mapToObj(message ->
                  "{\"action\":\"create\",\"chat\":\"c\",\"data\":{\"content\":\""
                      + content
                      + "\"},\"entity\":\"message\",\"id\":\"m"
                      + message
                      + "\"}")
              .collect(Collectors.joining(","));
      ann.ask("{\"type\":\"sync\",\"atomic\":true,\"payloads\":[" + payloads + "]}");
    }
    return ann;
  }

  private static int entries(JsonObject frame, String name) {
    return frame.get(name) instanceof JsonArray(List<Json> values) ? values.size() : 0;
  }

  private static void areBounded(List<JsonObject> frames) {
    assertThat(frames)
        .allMatch(frame ->
            CanonicalJson.text(frame).getBytes(StandardCharsets.UTF_8).length
                <= FrameSplitter.FRAME_BYTES_MAX);
  }

  @Test
  void changesThatWereMissed() {
    List<JsonObject> frames =
        written("x".repeat(900)).say("{\"type\":\"resume\",\"cursors\":{\"chat:c\":1}}").heardAll();
    assertThat(frames.stream().mapToInt(frame -> entries(frame, "changes")).sum())
        .isGreaterThanOrEqualTo(MESSAGES);
    areBounded(frames);
  }

  @Test
  void aSnapshotWhoseTextIsLongerOnTheWireThanAtRest() {
    List<JsonObject> frames =
        written("\\u0001".repeat(700)).say("{\"type\":\"resume\"}").heardAll();
    assertThat(frames.stream().mapToInt(frame -> entries(frame, "items")).sum())
        .isGreaterThanOrEqualTo(MESSAGES);
    assertThat(frames.stream().filter(frame -> frame.text().contains("\"final\":true"))).hasSize(1);
    areBounded(frames);
  }
}
