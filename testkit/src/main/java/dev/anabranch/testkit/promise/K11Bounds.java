package dev.anabranch.testkit.promise;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// K11: every buffer, queue, page, frame and cache has a bound.
///
/// One checker watches any number of sizes: [#look] takes those that can be asked for, as often as
/// one likes and best while everything is under pressure; [#saw] takes one from whoever has it just
/// then.
public final class K11Bounds {

  private static final class Watched {
    private final LongSupplier size;
    private final long bound;
    private long largest;

    private Watched(LongSupplier size, long bound) {
      this.size = size;
      this.bound = bound;
    }

    private void saw(long found) {
      largest = Math.max(largest, found);
    }
  }

  private final Map<String, Watched> watched = new LinkedHashMap<>();

  /// Watches a size.
  ///
  /// @param name what has the size
  /// @param bound the most it may be
  public void watch(String name, LongSupplier size, long bound) {
    watched.put(name, new Watched(size, bound));
  }

  /// Watches a size that is told by [#saw].
  public void watch(String name, long bound) {
    watch(name, () -> 0, bound);
  }

  /// Takes every size once.
  public void look() {
    for (Watched each : watched.values()) {
      each.saw(each.size.getAsLong());
    }
  }

  /// Takes a size that is watched.
  public void saw(String name, long size) {
    Watched known = watched.get(name);
    if (known == null) {
      throw new IllegalArgumentException("nobody watches " + name);
    }
    known.saw(size);
  }

  /// The largest that something was so far.
  public long largest(String name) {
    Watched known = watched.get(name);
    return known == null ? 0 : known.largest;
  }

  /// What was beyond its bound at some look.
  public List<String> broken() {
    return watched.entrySet().stream()
        .filter(each -> each.getValue().largest > each.getValue().bound)
        .map(each ->
            "K11: "
                + each.getKey()
                + " was "
                + each.getValue().largest
                + ", its bound is "
                + each.getValue().bound)
        .toList();
  }
}
