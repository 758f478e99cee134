package dev.anabranch.crdt;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Ranges of one client's clocks.
final class ClockRanges {
  private int[] clocks = new int[2];
  private int[] ends = new int[2];
  private int size;

  int size() {
    return size;
  }

  int clock(int index) {
    return clocks[index];
  }

  int end(int index) {
    return ends[index];
  }

  int length(int index) {
    return ends[index] - clocks[index];
  }

  void add(int clock, int length) {
    if (size == clocks.length) {
      clocks = Arrays.copyOf(clocks, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    clocks[size] = clock;
    ends[size++] = clock + length;
  }

  void addAll(ClockRanges other) {
    for (int i = 0; i < other.size; i++) {
      add(other.clocks[i], other.length(i));
    }
  }

  boolean contains(int clock) {
    int found = Arrays.binarySearch(clocks, 0, size, clock);
    int index = found >= 0 ? found : -found - 2;
    return index >= 0 && clock < ends[index];
  }

  /// Adds what of these ranges other ones leave out, to a third; both must be sorted.
  void addMissing(@Nullable ClockRanges known, ClockRanges missing) {
    int at = 0;
    for (int i = 0; i < size; i++) {
      int from = clocks[i];
      while (known != null && at < known.size && known.ends[at] <= from) {
        at++;
      }
      for (int j = at; known != null && j < known.size && known.clocks[j] < ends[i]; j++) {
        if (from < known.clocks[j]) {
          missing.add(from, known.clocks[j] - from);
        }
        from = known.ends[j];
      }
      if (from < ends[i]) {
        missing.add(from, ends[i] - from);
      }
    }
  }

  /// Sorts and merges ranges that somebody sent in disorder; v2 cannot write them as they are.
  void putInOrder() {
    for (int i = 1; i < size; i++) {
      if (clocks[i] < ends[i - 1]) {
        sortAndMerge();
        return;
      }
    }
  }

  void sortAndMerge() {
    if (size < 2) {
      return;
    }
    sort();
    int kept = 0;
    for (int i = 1; i < size; i++) {
      if (ends[kept] >= clocks[i]) {
        ends[kept] = Math.max(ends[kept], ends[i]);
      } else {
        kept++;
        clocks[kept] = clocks[i];
        ends[kept] = ends[i];
      }
    }
    size = kept + 1;
  }

  private void sort() {
    boolean sorted = IntStream.range(1, size).allMatch(i -> clocks[i - 1] <= clocks[i]);
    if (!sorted) {
      long[] both = new long[size];
      for (int i = 0; i < size; i++) {
        both[i] = (long) clocks[i] << 32 | ends[i];
      }
      Arrays.sort(both);
      for (int i = 0; i < size; i++) {
        clocks[i] = (int) (both[i] >>> 32);
        ends[i] = (int) both[i];
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClockRanges that
        && Arrays.equals(clocks, 0, size, that.clocks, 0, that.size)
        && Arrays.equals(ends, 0, size, that.ends, 0, that.size);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(Arrays.copyOf(clocks, size)) * 31
        + Arrays.hashCode(Arrays.copyOf(ends, size));
  }

  @Override
  public String toString() {
    return IntStream.range(0, size).mapToObj(i -> clocks[i] + "…" + ends[i]).toList().toString();
  }
}
