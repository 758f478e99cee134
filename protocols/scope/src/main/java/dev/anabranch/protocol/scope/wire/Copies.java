package dev.anabranch.protocol.scope.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Copies that keep the order of what they copy.
final class Copies {
  private Copies() {}

  static <K, V> Map<K, List<V>> ofLists(Map<K, List<V>> lists) {
    Map<K, List<V>> copy = new LinkedHashMap<>();
    lists.forEach((key, values) -> copy.put(key, List.copyOf(values)));
    return Collections.unmodifiableMap(copy);
  }
}
