package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Sync;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What was blanked in the log, as every way out shows it.
class ErasedTest {

  private static Sync synced(World world, int lastSyncId) {
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":" + lastSyncId + "}");
    return (Sync) link.heard().getFirst();
  }

  @Test
  void aBlankedChangeThatWasTheWholeEntityIsADeleteOnEveryWay() {
    World world = World.open();
    EntityKey event = new EntityKey(World.SCOPE, World.EVENT, new EntityId("e1"));
    world.put("m1", "before");
    JsonObject secret = JsonObject.EMPTY.with("content", "secret");
    world.commit(World.LOCAL, Write.insert(world.key(), event, secret));
    Write taken = Write.delete(world.key(), event).erasing(Set.of());
    assertThat(world.commit(World.LOCAL, taken)).isInstanceOf(Outcome.Applied.class);

    String blanked = "\"model_id\":\"e1\",\"action\":\"delete\",\"data\":null,\"version\":1,";
    assertThat(world.get("/sync/delta?scope=org:1&lastSyncId=1").text())
        .contains(blanked, "\"erased\":true")
        .doesNotContain("secret", "insert");
    assertThat(world.begin("GET", "/sync/live?scope=org:1&lastSyncId=1", null).take())
        .contains(blanked, "\"erased\":true")
        .doesNotContain("insert");
    assertThat(synced(world, 1).events())
        .extracting(SyncEvent::action, SyncEvent::erased)
        .containsExactly(tuple(Action.DELETE, true), tuple(Action.DELETE, false));
  }

  @Test
  void aBlankedChangeUnderTheWordsOfOthersIsNoDelete() {
    World world = World.open();
    EntityKey message = World.message("m1");
    JsonObject hers = JsonObject.EMPTY.with("content", "secret");
    world.put("m0", "before");
    world.grant("ann", "write");
    world.commit(World.ANN, Write.insert(world.key(), message, hers));
    JsonObject others = JsonObject.EMPTY.with("colour", "blue");
    world.commit(World.LOCAL, Write.update(world.key(), message, others));
    JsonObject without = JsonObject.EMPTY.with("content", JsonNull.NULL);
    Write taken =
        Write.update(world.key(), message, without).erasing(Set.of(World.ANN.principal()));
    assertThat(world.commit(World.LOCAL, taken)).isInstanceOf(Outcome.Applied.class);

    assertThat(synced(world, 2).events())
        .extracting(SyncEvent::action, SyncEvent::erased)
        .containsExactly(
            tuple(Action.INSERT, true), tuple(Action.UPDATE, false), tuple(Action.UPDATE, false));
    assertThat(world.get("/sync/delta?scope=org:1&lastSyncId=2").text()).doesNotContain("secret");
  }
}
