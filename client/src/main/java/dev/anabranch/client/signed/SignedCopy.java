package dev.anabranch.client.signed;

import dev.anabranch.client.QueueFull;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.session.Conflict;
import dev.anabranch.client.session.Resolution;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The local copy as the server's frames and the device's own writes change it: a transaction each.
///
/// Scopes go by their names here ([SignedEntityClient#SELF] for the principal's own). On the
/// device's thread.
final class SignedCopy {

  /// How often the queue is counted, which costs as much as it is long.
  private static final int COUNTED_EVERY = 64;

  private static final int HELD_PAGE = 500;

  private static final String PRINCIPAL = "principal";

  /// Says whose the copy is; no server tells of this scope.
  private static final EntityKey OWNER =
      new EntityKey(new ScopeName("local:device"), new ModelName(PRINCIPAL), new EntityId("owner"));

  private final ReplicaStore store;
  private final Supplier<WriteKey> freshKey;
  private final int queueMax;
  private int writes;

  /// @param freshKey a key that no write has had
  /// @param queueMax how many writes may wait
  SignedCopy(ReplicaStore store, Supplier<WriteKey> freshKey, int queueMax) {
    this.store = store;
    this.freshKey = freshKey;
    this.queueMax = queueMax;
  }

  /// Up to where each scope is known; 0 = its snapshot has not come yet.
  List<ScopeCursor> cursors() {
    return store.read(ReplicaReading::cursors);
  }

  /// A line is open for a principal: what came half of a snapshot is told anew, and what was
  /// another principal's own (keys were linked, or let go) is forgotten. A copy of an earlier
  /// version does not say whose it is: it is taken for this one's.
  ///
  /// @return what is gone
  Set<EntityKey> begin(String principal) {
    Set<EntityKey> gone = new HashSet<>();
    change(replica -> {
      replica.cursors().forEach(cursor -> replica.unstage(cursor.scope()));
      String before =
          replica.known(OWNER).flatMap(owner -> owner.data().string(PRINCIPAL)).orElse(principal);
      if (!before.equals(principal)) {
        gone.addAll(held(replica, SignedEntityClient.SELF));
        replica.forget(SignedEntityClient.SELF);
      }
      replica.put(
          new KnownEntity(OWNER, 1, JsonObject.EMPTY.with(PRINCIPAL, principal), null, 0, 0, 1));
    });
    return gone;
  }

  // What the server says.

  /// A page of a snapshot; the last one takes the place of what was known.
  ///
  /// @return what looks different now
  Set<EntityKey> snapshot(ScopeName scope, JsonObject frame) {
    boolean isFinal = frame.get("final") == JsonBoolean.TRUE;
    long cursor = frame.number("lastSyncId").orElse(0);
    Set<EntityKey> changed = new HashSet<>();
    change(replica -> {
      if (replica.cursor(scope).isEmpty()) {
        replica.place(ScopeCursor.start(scope));
      }
      List<KnownEntity> entities = new ArrayList<>();
      objects(frame, "items").forEach(item -> entities.add(SignedItems.known(scope, item)));
      replica.stage(entities);
      if (isFinal) {
        replica.stagedDifferences(scope).forEach(each -> changed.add(each.key()));
        replica.adoptStaged(scope);
        replica.place(SignedItems.cursor(scope, cursor));
        replica.pending().stream()
            .filter(write -> write.scope().equals(scope) && write.isAccepted())
            .filter(write -> write.acceptedId() <= cursor)
            .forEach(write -> replica.drop(write.number()));
      }
    });
    return changed;
  }

  /// Changes of a scope that is followed.
  ///
  /// @return what looks different now
  Set<EntityKey> changed(ScopeName scope, JsonObject frame) {
    Set<EntityKey> changed = new HashSet<>();
    change(replica -> {
      for (JsonObject change : objects(frame, "changes")) {
        long id = change.number("sync_id").orElseThrow();
        EntityKey key = SignedItems.key(scope, change);
        KnownEntity before = replica.known(key).orElse(null);
        if (before == null || before.syncId() < id) {
          keep(replica, key, SignedItems.after(key, before, change));
          changed.add(key);
        }
        replica.pending(key).stream()
            .filter(write -> write.isAccepted() && write.acceptedId() <= id)
            .forEach(write -> replica.drop(write.number()));
        decide(replica, key, change);
        replica.place(SignedItems.cursor(scope, id));
      }
    });
    return changed;
  }

  /// An own write came back as a change before its answer: it is in what is known, and is asked for
  /// until it is answered.
  private static void decide(ReplicaTransaction replica, EntityKey key, JsonObject change) {
    String writer = change.string("key").orElse("");
    replica.pending(key).stream()
        .filter(write -> !write.isAccepted() && write.key().text().equals(writer))
        .forEach(write -> replica.decide(write.number()));
  }

  private static void keep(ReplicaTransaction replica, EntityKey key, @Nullable KnownEntity after) {
    if (after == null) {
      replica.remove(key);
    } else {
      replica.put(after);
    }
  }

  private static List<JsonObject> objects(JsonObject frame, String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (frame.get(name) instanceof JsonArray(List<Json> values)) {
      for (Json value : values) {
        if (value instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  /// What came of a snapshot does not count: another one follows.
  void unstage(ScopeName scope) {
    change(replica -> replica.unstage(scope));
  }

  /// What may no longer be read goes; what is queued for it will be refused.
  ///
  /// @return what is gone
  Set<EntityKey> left(ScopeName scope) {
    Set<EntityKey> gone = new HashSet<>();
    change(replica -> {
      gone.addAll(held(replica, scope));
      replica.pending().stream()
          .filter(write -> write.scope().equals(scope) && write.isAccepted())
          .forEach(write -> replica.drop(write.number())); // its change will not be told any more
      replica.forget(scope);
    });
    return gone;
  }

  private static Set<EntityKey> held(ReplicaReading replica, ScopeName scope) {
    Set<EntityKey> held = new HashSet<>();
    for (ModelName model : replica.models(scope)) {
      List<KnownEntity> page = replica.known(scope, model, null, HELD_PAGE);
      while (!page.isEmpty()) {
        page.forEach(entity -> held.add(entity.key()));
        page = replica.known(scope, model, page.getLast().key().id(), HELD_PAGE);
      }
    }
    return held;
  }

  // The queue.

  /// Puts a write into the queue, on disk when this returns.
  ///
  /// @throws QueueFull when too many wait
  QueuedWrite enqueue(EntityKey key, Action action, JsonObject data) {
    return store.write(replica -> {
      if (writes++ % COUNTED_EVERY == 0 && replica.pending().size() >= queueMax) {
        throw new QueueFull(queueMax);
      }
      return replica.enqueue(fresh(replica, key, action, data));
    });
  }

  private QueuedWrite fresh(ReplicaReading reading, EntityKey key, Action action, JsonObject data) {
    EntityView view = Overlay.view(key, reading.known(key).orElse(null), reading.pending(key));
    long version = action == Action.INSERT ? 0 : view == null ? 0 : view.version();
    Draft draft = new Draft(key, action, action == Action.DELETE ? null : data, null, version);
    return QueuedWrite.fresh(freshKey.get(), draft, view == null ? null : view.data());
  }

  /// What waits, the oldest first; also what was accepted and has not been told yet.
  List<QueuedWrite> pending() {
    return store.read(ReplicaReading::pending);
  }

  /// Takes a write out that will not be applied.
  void drop(QueuedWrite write) {
    change(replica -> replica.drop(write.number()));
  }

  /// A write was applied: it leaves the queue once all before it is known here.
  void accepted(QueuedWrite write, long version, long syncId) {
    EntityKey key = write.entity();
    change(replica -> {
      KnownEntity known = replica.known(key).orElse(null);
      if (isTold(replica, key, known, syncId)) {
        replica.drop(write.number());
      } else if (SignedItems.isNext(known, write, version)) {
        keep(replica, key, SignedItems.after(key, known, write, version, syncId));
        replica.drop(write.number());
      } else {
        replica.accept(write.number(), syncId, version); // what came between is still under way
      }
    });
  }

  /// Whether a change came before the answer to its write. Of what is gone nothing stands here:
  /// then the scope's cursor says it.
  private static boolean isTold(
      ReplicaReading replica, EntityKey key, @Nullable KnownEntity known, long syncId) {
    return known == null
        ? replica.cursor(key.scope()).filter(cursor -> cursor.lastId() >= syncId).isPresent()
        : known.syncId() >= syncId;
  }

  /// A write met something else: it leaves the queue, or another one takes its place.
  ///
  /// @param current what stands there; null = nothing
  SignedOutcome settle(
      QueuedWrite write, @Nullable KnownEntity current, Conflict conflict, Resolution resolution) {
    return store.write(replica -> {
      if (current != null
          && replica
              .known(write.entity())
              .filter(known -> known.syncId() >= current.syncId())
              .isEmpty()) {
        replica.put(current);
      }
      return settled(replica, write, conflict, resolution);
    });
  }

  /// Takes the write out; what was queued of the entity behind it stays behind what takes its
  /// place.
  private SignedOutcome settled(
      ReplicaTransaction replica, QueuedWrite write, Conflict conflict, Resolution resolution) {
    EntityKey key = write.entity();
    List<QueuedWrite> later =
        replica.pending(key).stream().filter(each -> each.number() > write.number()).toList();
    replica.drop(write.number());
    later.forEach(each -> replica.drop(each.number()));
    JsonObject seen = conflict.theirs();
    long version = conflict.theirVersion();
    SignedOutcome outcome = new SignedOutcome.GivenUp(conflict);
    List<QueuedWrite> queue = new ArrayList<>();
    if (resolution instanceof Resolution.Rewrite(Action action, JsonObject data)) {
      WriteKey again = freshKey.get();
      queue.add(QueuedWrite.fresh(again, new Draft(key, action, data, null, version), seen));
      outcome = new SignedOutcome.Merged(again.text());
    }
    queue.addAll(later);
    for (QueuedWrite each : queue) {
      Draft draft = each.draft();
      long expected = draft.action() == Action.INSERT && seen == null ? 0 : version;
      replica.enqueue(
          QueuedWrite.fresh(
              each.key(), new Draft(key, draft.action(), draft.data(), null, expected), seen));
      version++;
      JsonObject data = draft.data();
      seen = data == null ? null : seen == null ? data.withoutNulls() : seen.patchedBy(data);
    }
    return outcome;
  }

  /// What a transaction does.
  @FunctionalInterface
  private interface Changing {
    void in(ReplicaTransaction replica);
  }

  private void change(Changing changing) {
    store.write(replica -> {
      changing.in(replica);
      return true;
    });
  }
}
