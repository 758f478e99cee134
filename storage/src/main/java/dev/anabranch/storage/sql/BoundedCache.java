package dev.anabranch.storage.sql;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps what was used last, up to a weight. For one thread.
final class BoundedCache<K, V> {

  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final ToLongFunction<V> weight;
  private final long weightMax;
  private long weightNow;
  private long dropped;

  /// @param weightMax the most that all values together may weigh
  BoundedCache(long weightMax, ToLongFunction<V> weight) {
    this.weightMax = weightMax;
    this.weight = weight;
  }

  @Nullable V get(K key) {
    return entries.get(key);
  }

  void put(K key, V value) {
    V before = entries.put(key, value);
    weightNow += weight.applyAsLong(value) - (before == null ? 0 : weight.applyAsLong(before));
    Iterator<Map.Entry<K, V>> oldest = entries.entrySet().iterator();
    while (weightNow > weightMax && oldest.hasNext()) {
      weightNow -= weight.applyAsLong(oldest.next().getValue());
      oldest.remove();
      dropped++;
    }
  }

  void clear() {
    entries.clear();
    weightNow = 0;
  }

  /// How many values had to go so far.
  long dropped() {
    return dropped;
  }
}
