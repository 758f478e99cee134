package dev.anabranch.client.session;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.kernel.log.EntityKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One step under way: the transaction it runs in, its time, how the entities it touches looked
/// before, and what it asks of the outside.
final class Step {

  private final PendingWrites pending;
  private final KnownEntities known = new KnownEntities();
  private final Views views;
  private final List<Effect> effects = new ArrayList<>();
  private @Nullable ReplicaTransaction open;
  private long now;

  Step(PendingWrites pending) {
    this.pending = pending;
    this.views = new Views(pending, known);
  }

  void begin(ReplicaTransaction replica, long nowMillis) {
    open = replica;
    now = nowMillis;
  }

  /// The local copy.
  ReplicaTransaction replica() {
    return Objects.requireNonNull(open, "no step is under way");
  }

  /// Milliseconds on a clock that only goes forward, whatever people set theirs to.
  long now() {
    return now;
  }

  void ask(Effect effect) {
    effects.add(effect);
  }

  void tell(Notice notice) {
    effects.add(new Effect.Tell(notice));
  }

  /// An entity is about to look different.
  void touch(EntityKey key) {
    views.touch(replica(), key);
  }

  /// An entity as it is shown now.
  @Nullable EntityView view(EntityKey key) {
    return views.of(replica(), key);
  }

  /// An entity as the server last told it.
  @Nullable KnownEntity known(EntityKey key) {
    return known.get(replica(), key);
  }

  /// The server says how an entity is; null = it does not live.
  void know(EntityKey key, @Nullable KnownEntity now) {
    known.set(replica(), key, now);
  }

  /// An entity is so on disk, or will be before the step ends.
  void learn(EntityKey key, @Nullable KnownEntity now) {
    known.learn(key, now);
  }

  /// A pending write is gone from the queue.
  void drop(QueuedWrite write) {
    touch(write.entity());
    replica().drop(write.number());
    pending.remove(write.number());
  }

  /// A pending write is another one now, at the same place.
  void replace(QueuedWrite write) {
    touch(write.entity());
    replica().replace(write);
    pending.put(write);
  }

  /// A write came to something.
  void settle(QueuedWrite write, WriteOutcome outcome) {
    tell(new Notice.WriteSettled(write, outcome));
  }

  /// Tells what looks different by now.
  void tellChanges() {
    views.changes(replica()).forEach(this::tell);
    known.forget();
  }

  List<Effect> end() {
    open = null;
    List<Effect> asked = List.copyOf(effects);
    effects.clear();
    return asked;
  }
}
