package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a device's copy makes of answers that come behind the changes that they are about.
class SignedCopyTest {

  private static final ScopeName CHAT = new ScopeName("chat:c1");
  private static final EntityKey MESSAGE =
      new EntityKey(CHAT, new ModelName("message"), new EntityId("m1"));
  private static final JsonObject HELLO = JsonObject.EMPTY.with("content", "hello");

  private final MemoryReplica replica = new MemoryReplica(new DeviceId("phone"));
  private final SignedCopy copy = new SignedCopy(replica, this::key, 100);
  private int keys;

  SignedCopyTest() {
    JsonObject empty =
        JsonObject.EMPTY.with("items", new JsonArray(List.of())).with("final", JsonBoolean.TRUE);
    copy.snapshot(CHAT, empty.with("lastSyncId", 5));
  }

  private WriteKey key() {
    return new WriteKey("k" + keys++);
  }

  private void told(String action, long version, long syncId) {
    told(action, version, syncId, "theirs");
  }

  private void told(String action, long version, long syncId, String key) {
    JsonObject change =
        JsonObject.EMPTY
            .with("entity", "message")
            .with("id", "m1")
            .with("chat", "c1")
            .with("action", action)
            .with("version", version)
            .with("sync_id", syncId)
            .with("key", key)
            .with("at", 1);
    JsonObject whole = action.equals("delete") ? change : change.with("data", HELLO);
    copy.changed(CHAT, JsonObject.EMPTY.with("changes", new JsonArray(List.of(whole))));
  }

  private boolean isKnown() {
    return replica.read(reading -> reading.known(MESSAGE).isPresent());
  }

  @Test
  void aDeleteThatWasToldBeforeItIsAcceptedWaitsNoLonger() {
    QueuedWrite create = copy.enqueue(MESSAGE, Action.INSERT, HELLO);
    told("create", 1, 6);
    copy.accepted(create, 1, 6);
    QueuedWrite delete = copy.enqueue(MESSAGE, Action.DELETE, JsonObject.EMPTY);
    told("delete", 2, 7);
    copy.accepted(delete, 2, 7);

    assertThat(copy.pending()).isEmpty();
    assertThat(isKnown()).isFalse();
  }

  /// Its answer may be lost with the line: a write that follows meanwhile expects the right
  /// version.
  @Test
  void whatIsWrittenBetweenAnOwnChangeAndItsAnswerExpectsThatChangesVersion() {
    QueuedWrite create = copy.enqueue(MESSAGE, Action.INSERT, HELLO);
    copy.accepted(create, 1, 6);
    QueuedWrite update = copy.enqueue(MESSAGE, Action.UPDATE, HELLO);
    told("update", 2, 7, update.key().text());
    QueuedWrite delete = copy.enqueue(MESSAGE, Action.DELETE, JsonObject.EMPTY);
    assertThat(delete.draft().expectedVersion()).isEqualTo(2);

    assertThat(copy.pending()).extracting(QueuedWrite::number).hasSize(2);
    copy.accepted(update, 2, 7);
    assertThat(copy.pending()).extracting(QueuedWrite::number).containsExactly(delete.number());
  }

  @Test
  void whatSomebodyElseDeletedMeanwhileDoesNotComeBackWithItsOwnAnswer() {
    QueuedWrite create = copy.enqueue(MESSAGE, Action.INSERT, HELLO);
    told("create", 1, 6);
    told("delete", 2, 7);
    copy.accepted(create, 1, 6);

    assertThat(copy.pending()).isEmpty();
    assertThat(isKnown()).isFalse();
  }

  @Test
  void anAnswerThatComesBeforeItsChangeIsShownAtOnce() {
    QueuedWrite create = copy.enqueue(MESSAGE, Action.INSERT, HELLO);
    copy.accepted(create, 1, 6);
    assertThat(copy.pending()).isEmpty();
    assertThat(isKnown()).isTrue();

    QueuedWrite delete = copy.enqueue(MESSAGE, Action.DELETE, JsonObject.EMPTY);
    copy.accepted(delete, 2, 7);
    assertThat(copy.pending()).isEmpty();
    assertThat(isKnown()).isFalse();
    told("create", 1, 6);
    told("delete", 2, 7);
    assertThat(isKnown()).isFalse();
  }
}
