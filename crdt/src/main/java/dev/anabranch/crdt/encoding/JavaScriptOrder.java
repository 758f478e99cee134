package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The order in which JavaScript iterates over an object: what is encoded follows it.
public final class JavaScriptOrder {
  private static final long INDEX_MAX = (1L << 32) - 2;

  private JavaScriptOrder() {}

  /// An unmodifiable copy whose keys stand as JavaScript would give them back.
  public static <V> Map<String, V> copyOf(Map<String, V> entries) {
    if (entries.size() < 2) {
      return Map.copyOf(entries);
    }
    Map<String, V> ordered = LinkedHashMap.newLinkedHashMap(entries.size());
    if (hasIndex(entries)) {
      List<String> indexes = new ArrayList<>(entries.keySet());
      indexes.removeIf(key -> !isIndex(key));
      indexes.sort(Comparator.comparingLong(Long::parseLong));
      indexes.forEach(key -> ordered.put(key, entries.get(key)));
    }
    ordered.putAll(entries);
    return Collections.unmodifiableMap(ordered);
  }

  private static boolean hasIndex(Map<String, ?> entries) {
    for (String key : entries.keySet()) {
      if (isIndex(key)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a key looks like an array index: digits without a leading zero, below 2^32 − 1.
  static boolean isIndex(String key) {
    int length = key.length();
    if (length == 0 || length > 10 || (length > 1 && key.charAt(0) == '0')) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (key.charAt(i) < '0' || key.charAt(i) > '9') {
        return false;
      }
    }
    return Long.parseLong(key) <= INDEX_MAX;
  }
}
