package dev.anabranch.crdt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which types a transaction changed, and which of their keys; no key stands for the list.
final class ChangedTypes {
  /// The usual change, of a list and no key, needs no set of its own.
  private static final Set<@Nullable String> LIST_ONLY = Collections.singleton(null);

  /// Most transactions change one type: it has no map.
  private @Nullable Branch sole;

  private Set<@Nullable String> soleKeys = LIST_ONLY;

  /// All types, once there are two.
  private Map<Branch, Set<@Nullable String>> types = Map.of();

  @SuppressWarnings("ReferenceEquality") // types are themselves
  void add(Branch branch, @Nullable String key) {
    if (types.isEmpty() && (sole == null || sole == branch)) {
      soleKeys = with(sole == null ? null : soleKeys, key);
      sole = branch;
      return;
    }
    if (types.isEmpty() && sole != null) {
      types = new LinkedHashMap<>();
      types.put(sole, soleKeys);
      sole = null;
    }
    types.put(branch, with(types.get(branch), key));
  }

  @SuppressWarnings("ReferenceEquality") // types are themselves
  void remove(Branch branch) {
    if (!types.isEmpty()) {
      types.remove(branch);
    }
    if (sole == branch) {
      sole = null;
    }
  }

  /// The types in the order in which they first changed.
  Map<Branch, Set<@Nullable String>> all() {
    return types.isEmpty() && sole != null ? Map.of(sole, soleKeys) : types;
  }

  private static Set<@Nullable String> with(
      @Nullable Set<@Nullable String> keys, @Nullable String key) {
    if (keys == null && key == null) {
      return LIST_ONLY;
    }
    if (keys != null && keys.contains(key)) {
      return keys;
    }
    Set<@Nullable String> more = keys == null ? new LinkedHashSet<>(2) : new LinkedHashSet<>(keys);
    more.add(key);
    return more;
  }
}
