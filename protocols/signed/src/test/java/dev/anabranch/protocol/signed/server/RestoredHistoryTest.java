package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A client whose cursor is of a history that a restore took back takes its scopes anew, whichever
/// way it names the cursor.
class RestoredHistoryTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private static final SecretKey BOB = SecretKey.generate(new Random(2));

  private final PlainDisk disk = new PlainDisk();

  private House house() {
    return house(disk);
  }

  private static House house(PlainDisk disk) {
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
  void whatWasFoundedAfterTheBackupIsOfNoUseThoughTheCursorNamesNoScope() {
    PlainDisk restored = new PlainDisk();
    House before = house();
    long old = create(before.client(ANN), "old");
    before.engine().close().toCompletableFuture().join();
    restored.append(disk.open());
    disk.close();
    long lost = create(house().client(ANN), "new");
    MemoryStore.restore(restored);
    House after = house(restored);

    assertThat(frames(after, lost, "").subList(0, 3))
        .containsExactly(
            "resumed [\"chat:old\"]", "refetch everything: epoch", "snapshot chat:old: ");
    assertThat(frames(after, lost, "\"chat:old\":" + old))
        .containsExactly("resumed [\"chat:old\"]", "refetch everything: epoch", "live chat:old: ");
  }

  @Test
  void soItIsToSomebodyOfWhomTheBackupKnowsNothing() {
    PlainDisk restored = new PlainDisk();
    long lost = create(house().client(ANN), "new");
    House before = house(restored);
    create(before.client(BOB), "of another");
    before.engine().close().toCompletableFuture().join();
    MemoryStore.restore(restored);

    assertThat(frames(house(restored), lost + 5, ""))
        .containsExactly("resumed []", "refetch everything: epoch");
  }

  private static List<String> frames(House house, long lastSyncId, String cursors) {
    String resume =
        "{\"type\":\"resume\",\"lastSyncId\":" + lastSyncId + ",\"cursors\":{" + cursors + "}}";
    return house.client(ANN).say(resume).heardAll().stream()
        .map(RestoredHistoryTest::told)
        .toList();
  }

  private static String told(JsonObject frame) {
    String type = frame.string("type").orElseThrow();
    return type.equals("resumed")
        ? type + " " + Objects.requireNonNull(frame.get("scopes")).text()
        : type
            + " "
            + frame.string("scope").orElse("everything")
            + ": "
            + frame.string("reason").orElse("");
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
