package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many signed sessions at once on one chat: nothing is lost, nothing is applied twice, and whoever
/// listens hears everything once and in order, although every writer loses its link in the middle.
@Timeout(240)
class SignedStressTest {

  private static final int WRITERS = 32;
  private static final int MESSAGES = 20;
  private static final int INCREMENTS = 4;

  @TempDir Path folder;

  private static SecretKey writer(int number) {
    return SignedPeer.key(1_000 + number);
  }

  private static String message(int by, int number) {
    return "{\"entity\":\"message\",\"chat\":\"busy\",\"action\":\"create\",\"key\":\"k"
        + number
        + "\",\"id\":\"w"
        + by
        + "-"
        + number
        + "\",\"version\":0,\"data\":{\"content\":\"x\"}}";
  }

  /// One writer's work: messages, a lost link, the same message again, and its share of a count
  /// that everybody raises.
  private static void work(Served served, int by) {
    SignedPeer peer = SignedPeer.connected(served, writer(by));
    for (int number = 0; number < MESSAGES; number++) {
      JsonObject answer = peer.sync(message(by, number));
      assertThat(answer.string("type")).as(answer.text()).contains("accepted");
      if (number == MESSAGES / 2) {
        peer.socket().leave();
        peer = SignedPeer.connected(served, writer(by));
        assertThat(peer.sync(message(by, number)).number("sync_id"))
            .isEqualTo(answer.number("sync_id"));
      }
    }
    long version = 1;
    long count = 0;
    for (int raised = 0; raised < INCREMENTS; ) {
      JsonObject answer =
          peer.sync(
              "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"busy\",\"version\":"
                  + version
                  + ",\"data\":{\"count\":"
                  + (count + 1)
                  + "}}");
      if (answer.string("type").filter("accepted"::equals).isPresent()) {
        version = answer.number("version").orElseThrow();
        count++;
        raised++;
      } else {
        JsonObject current = object(answer, "current");
        version = current.number("version").orElseThrow();
        count = object(current, "data").number("count").orElseThrow();
      }
    }
    peer.socket().leave();
  }

  private static JsonObject object(JsonObject frame, String name) {
    if (frame.get(name) instanceof JsonObject object) {
      return object;
    }
    throw new AssertionError("without " + name + ": " + frame.text());
  }

  private static List<JsonObject> changes(JsonObject frame) {
    List<JsonObject> changes = new ArrayList<>();
    if (frame.get("changes") instanceof JsonArray(List<Json> values)) {
      for (Json value : values) {
        if (value instanceof JsonObject object) {
          changes.add(object);
        }
      }
    }
    return changes;
  }

  @Test
  void manySessionsWriteOneChatAndNothingIsLostOrDoneTwice() throws Exception {
    try (Served served =
        Served.open(Map.of(), () -> Storage.open(StorageConfiguration.folder(folder)))) {
      SignedPeer owner = SignedPeer.connected(served, writer(0));
      String writers =
          IntStream.rangeClosed(1, WRITERS)
              .mapToObj(number -> "\"" + writer(number).publicKey() + "\"")
              .collect(Collectors.joining(","));
      owner.sync(
          "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"busy\",\"version\":0,\"data\":"
              + "{\"count\":0,\"sharing\":{\"writers\":["
              + writers
              + "]}}}");
      owner.ask("{\"type\":\"resume\"}");
      owner.hear("\"type\":\"live\"");
      long before = served.store().head(new ScopeName("chat:busy")).seq();

      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all = new ArrayList<>();
        for (int number = 1; number <= WRITERS; number++) {
          int by = number;
          all.add(threads.submit(() -> work(served, by)));
        }
        for (Future<?> each : all) {
          each.get();
        }
      }

      int changes = WRITERS * (MESSAGES + INCREMENTS);
      assertThat(served.store().head(new ScopeName("chat:busy")).seq()).isEqualTo(before + changes);
      assertThat(served.get("/api/chat/busy?scope=chat:busy").body())
          .contains("\"count\":" + WRITERS * INCREMENTS);
      assertThat(heard(owner, changes)).hasSize(changes);
      owner.socket().leave();
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  /// The ids of the next changes that a session is told, which only grow.
  private static Set<Long> heard(SignedPeer peer, int changes) {
    Set<Long> ids = new TreeSet<>();
    long last = 0;
    while (ids.size() < changes) {
      JsonObject frame = peer.hear("\"type\":\"changed\"");
      for (JsonObject each : changes(frame)) {
        long id = each.number("sync_id").orElseThrow();
        assertThat(id).isGreaterThan(last);
        last = id;
        ids.add(id);
      }
    }
    return ids;
  }
}
