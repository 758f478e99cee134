package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.BlockId;
import dev.anabranch.crdt.UpdateInspection.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Units of clients: what is held of them, gaps left open, and so what of a range is missing.
final class HeldRanges {
  /// By client: where a range begins and where it ends; none touches another.
  private final Map<Long, TreeMap<Integer, Integer>> held = new HashMap<>();

  void add(long client, int from, int length) {
    TreeMap<Integer, Integer> ranges = held.computeIfAbsent(client, fresh -> new TreeMap<>());
    int begin = from;
    int end = from + length;
    Map.Entry<Integer, Integer> before = ranges.floorEntry(end);
    while (before != null && before.getValue() >= begin) {
      begin = Math.min(begin, before.getKey());
      end = Math.max(end, before.getValue());
      ranges.remove(before.getKey());
      before = ranges.floorEntry(end);
    }
    ranges.put(begin, end);
  }

  /// What of a range is not held, in order.
  List<Range> missing(Range range) {
    long client = range.first().client();
    int from = range.first().clock();
    int end = from + range.length();
    TreeMap<Integer, Integer> ranges = held.getOrDefault(client, new TreeMap<>());
    List<Range> missing = new ArrayList<>();
    Map.Entry<Integer, Integer> next = ranges.floorEntry(from);
    if (next == null || next.getValue() <= from) {
      next = ranges.higherEntry(from);
    }
    while (from < end && next != null && next.getKey() < end) {
      if (from < next.getKey()) {
        missing.add(new Range(new BlockId(client, from), next.getKey() - from));
      }
      from = next.getValue();
      next = ranges.higherEntry(next.getKey());
    }
    if (from < end) {
      missing.add(new Range(new BlockId(client, from), end - from));
    }
    return missing;
  }
}
