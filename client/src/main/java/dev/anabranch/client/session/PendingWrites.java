package dev.anabranch.client.session;

import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The pending writes that are on disk, found by place, key and entity.
final class PendingWrites {

  private final TreeMap<Long, QueuedWrite> byNumber = new TreeMap<>();
  private final Map<EntityKey, TreeMap<Long, QueuedWrite>> byEntity = new HashMap<>();
  private final Map<ScopeName, TreeMap<Long, QueuedWrite>> unanswered = new HashMap<>();
  private final Map<ScopeName, TreeMap<Long, QueuedWrite>> accepted = new HashMap<>();
  private final Map<Name, Long> byKey = new HashMap<>();

  /// How many careful writes of an entity have no answer.
  private final Map<EntityKey, Integer> careful = new HashMap<>();

  /// Places of writes that a server may have got: what they hold is fixed.
  private final Set<Long> sent = new HashSet<>();

  private record Name(ScopeName scope, WriteKey key) {}

  int size() {
    return byNumber.size();
  }

  /// Adds a write, or replaces it by what it is now.
  void put(QueuedWrite write) {
    QueuedWrite before = takeOut(write.number());
    if (before != null && !before.key().equals(write.key())) {
      sent.remove(write.number());
    }
    byNumber.put(write.number(), write);
    byEntity.computeIfAbsent(write.entity(), key -> new TreeMap<>()).put(write.number(), write);
    half(write).computeIfAbsent(write.scope(), key -> new TreeMap<>()).put(write.number(), write);
    byKey.put(new Name(write.scope(), write.key()), write.number());
    if (waitsForAnswer(write)) {
      careful.merge(write.entity(), 1, Integer::sum);
    }
  }

  private static boolean waitsForAnswer(QueuedWrite write) {
    return write.isCareful() && !write.isAccepted();
  }

  private Map<ScopeName, TreeMap<Long, QueuedWrite>> half(QueuedWrite write) {
    return write.isAccepted() ? accepted : unanswered;
  }

  /// Takes a write out; null = it is not there.
  @Nullable QueuedWrite remove(long number) {
    sent.remove(number);
    return takeOut(number);
  }

  private @Nullable QueuedWrite takeOut(long number) {
    QueuedWrite write = byNumber.remove(number);
    if (write != null) {
      take(byEntity, write.entity(), number);
      take(half(write), write.scope(), number);
      byKey.remove(new Name(write.scope(), write.key()));
      if (waitsForAnswer(write)) {
        careful.computeIfPresent(write.entity(), (key, count) -> count == 1 ? null : count - 1);
      }
    }
    return write;
  }

  private static <K> void take(Map<K, TreeMap<Long, QueuedWrite>> map, K key, long number) {
    TreeMap<Long, QueuedWrite> writes = map.get(key);
    if (writes != null) {
      writes.remove(number);
      if (writes.isEmpty()) {
        map.remove(key);
      }
    }
  }

  /// A server may get a write from now on.
  void sent(long number) {
    sent.add(number);
  }

  /// Whether a server may have got a write.
  boolean wasSent(long number) {
    return sent.contains(number);
  }

  /// Whether there is any in a scope.
  boolean holds(ScopeName scope) {
    return unanswered.containsKey(scope) || accepted.containsKey(scope);
  }

  @Nullable QueuedWrite get(long number) {
    return byNumber.get(number);
  }

  /// The write with this key, by which it knows its echo.
  @Nullable QueuedWrite named(ScopeName scope, WriteKey key) {
    Long number = byKey.get(new Name(scope, key));
    return number == null ? null : byNumber.get(number);
  }

  /// The writes of an entity, in order.
  List<QueuedWrite> of(EntityKey entity) {
    TreeMap<Long, QueuedWrite> writes = byEntity.get(entity);
    return writes == null ? List.of() : List.copyOf(writes.values());
  }

  /// The writes of the same entity before this one, in order; a view.
  Collection<QueuedWrite> ahead(QueuedWrite write) {
    TreeMap<Long, QueuedWrite> writes = byEntity.get(write.entity());
    return writes == null ? List.of() : writes.headMap(write.number()).values();
  }

  /// Whether a careful write of an entity has no answer.
  boolean hasCareful(EntityKey entity) {
    return careful.containsKey(entity);
  }

  /// The last write of the same entity before this one; null = there is none.
  @Nullable QueuedWrite lastAhead(QueuedWrite write) {
    TreeMap<Long, QueuedWrite> writes = byEntity.get(write.entity());
    Map.Entry<Long, QueuedWrite> last = writes == null ? null : writes.lowerEntry(write.number());
    return last == null ? null : last.getValue();
  }

  /// The first write of a scope behind a place that has no answer; null = there is none.
  @Nullable QueuedWrite unansweredBehind(ScopeName scope, long number) {
    TreeMap<Long, QueuedWrite> writes = unanswered.get(scope);
    Map.Entry<Long, QueuedWrite> next = writes == null ? null : writes.higherEntry(number);
    return next == null ? null : next.getValue();
  }

  /// The writes of a scope that have no answer, in order; a view.
  Collection<QueuedWrite> unanswered(ScopeName scope) {
    TreeMap<Long, QueuedWrite> writes = unanswered.get(scope);
    return writes == null ? List.of() : writes.values();
  }

  /// The last write of a scope that has no answer; null = there is none.
  @Nullable QueuedWrite lastUnanswered(ScopeName scope) {
    TreeMap<Long, QueuedWrite> writes = unanswered.get(scope);
    return writes == null ? null : writes.lastEntry().getValue();
  }

  /// The plain writes of a scope before this place that have no answer and were not decided. Not
  /// the careful ones: what a rule made of one stands at its old place, though it is sent later.
  List<QueuedWrite> undecidedBefore(QueuedWrite write) {
    TreeMap<Long, QueuedWrite> writes = unanswered.get(write.scope());
    return writes == null
        ? List.of()
        : writes.headMap(write.number()).values().stream()
            .filter(earlier -> !earlier.decided() && !earlier.isCareful())
            .toList();
  }

  /// The write that the server said it made this change of; null = there is none.
  @Nullable QueuedWrite acceptedAs(ScopeName scope, long changeId) {
    return accepted(scope).stream()
        .filter(write -> write.acceptedId() == changeId)
        .findFirst()
        .orElse(null);
  }

  /// The writes of a scope that the server has accepted, whose changes have not come.
  List<QueuedWrite> accepted(ScopeName scope) {
    TreeMap<Long, QueuedWrite> writes = accepted.get(scope);
    return writes == null ? List.of() : List.copyOf(writes.values());
  }
}
