package dev.anabranch.testkit.promise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// K11: every buffer, queue, page, frame and cache has a bound.
///
/// One checker watches any number of sizes; [#look] is called as often as one likes, and best while
/// everything is under pressure.
public final class K11Bounds {

  private record Watched(LongSupplier size, long bound) {}

  private final Map<String, Watched> watched = new LinkedHashMap<>();
  private final Map<String, Long> largest = new LinkedHashMap<>();

  /// Watches a size.
  ///
  /// @param name what has the size
  /// @param bound the most it may be
  public void watch(String name, LongSupplier size, long bound) {
    watched.put(name, new Watched(size, bound));
  }

  /// Takes every size once.
  public void look() {
    watched.forEach((name, what) -> largest.merge(name, what.size().getAsLong(), Math::max));
  }

  /// What was beyond its bound at some look.
  public List<String> broken() {
    List<String> broken = new ArrayList<>();
    watched.forEach((name, what) -> {
      long size = largest.getOrDefault(name, 0L);
      if (size > what.bound()) {
        broken.add("K11: " + name + " was " + size + ", its bound is " + what.bound());
      }
    });
    return broken;
  }
}
