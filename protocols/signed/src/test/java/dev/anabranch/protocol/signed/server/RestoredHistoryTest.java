package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A client whose cursor is of a history that a restore took back takes its scopes anew, whichever
/// way it names the cursor.
class RestoredHistoryTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private final PlainDisk disk = new PlainDisk();

  private House house() {
    return new House(
        () -> MemoryStore.open(disk), kernel -> kernel, new PlainAccounts(), House.loopback());
  }

  private static long create(Client client, String chat) {
    return client
        .sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"" + chat + "\",\"data\":{}}")
        .number("sync_id")
        .orElseThrow();
  }

  private static List<String> types(Client client, String resume) {
    return client.say("{\"type\":\"resume\"," + resume + "}").heardAll().stream()
        .map(frame -> frame.string("type").orElseThrow())
        .toList();
  }

  private static long told(List<JsonObject> frames) {
    return frames.getLast().number("lastSyncId").orElseThrow();
  }

  @Test
  void aCursorThatARestoreTookBackRefetches() {
    House before = house();
    long last = create(before.client(ANN), "c");
    before.engine().close().toCompletableFuture().join();
    MemoryStore.restore(disk);
    House after = house();
    long lost = last + 5;
    assertThat(types(after.client(ANN), "\"cursors\":{\"chat:c\":" + lost + "}"))
        .containsExactly("resumed", "refetch", "snapshot", "live");
    assertThat(types(after.client(ANN), "\"lastSyncId\":" + lost))
        .containsExactly("resumed", "refetch", "snapshot", "live");
  }

  @Test
  void aCursorOfAnotherScopeIsNoReasonToRefetch() {
    Client ann = house().client(ANN);
    create(ann, "a");
    long last = create(ann, "b");
    List<JsonObject> frames =
        ann.say("{\"type\":\"resume\",\"lastSyncId\":" + last + "}").heardAll();
    assertThat(frames.stream().map(frame -> frame.string("type").orElseThrow()))
        .containsExactly("resumed", "live", "live");
    assertThat(told(frames)).isPositive();
  }
}
