package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/// Says which of several updates goes on when they are merged: the greatest client, then the lowest
/// clock.
///
/// Where one update still has an item and another has garbage in its place, Yjs's comparison is no
/// order (each is said to come before the other), so which of them is taken depends on how V8
/// sorts. Below 64 updates V8 inserts by bisection, and this class sorts alike, for equal bytes.
/// With more updates a heap keeps the time linear; what is merged means the same then, but where
/// garbage meets its item the bytes may differ from Yjs's.
final class MergeSources {
  private static final int INSERTED_MAX = 63;

  private final List<Source> inserted;
  private final PriorityQueue<Source> heap = new PriorityQueue<>();
  private final boolean usesHeap;
  private int moves;

  MergeSources(List<Source> sources) {
    usesHeap = sources.size() > INSERTED_MAX;
    inserted = new ArrayList<>(usesHeap ? List.of() : sources);
    if (usesHeap) {
      heap.addAll(sources);
    }
  }

  /// One update with the block that comes next in it.
  static final class Source implements Comparable<Source> {
    final BlockReader reader;
    Block block;

    /// Among equals the one that moved last comes first, the others as they were.
    private int rank;

    Source(BlockReader reader, Block block, int rank) {
      this.reader = reader;
      this.block = block;
      this.rank = rank;
    }

    @Override
    public int compareTo(Source other) {
      int byPlace = byPlace(other);
      return byPlace != 0 ? byPlace : Integer.compare(rank, other.rank);
    }

    private int byPlace(Source other) {
      int byClient = Long.compare(other.block.client.id, block.client.id);
      return byClient != 0 ? byClient : Integer.compare(block.clock, other.block.clock);
    }

    /// Yjs's comparison, which is none between an item and garbage.
    private boolean isBefore(Source other) {
      int byPlace = byPlace(other);
      return byPlace != 0 ? byPlace < 0 : block.getClass() != other.block.getClass();
    }
  }

  boolean isEmpty() {
    return inserted.isEmpty() && heap.isEmpty();
  }

  /// Takes out the update that goes on.
  Source take() {
    if (usesHeap) {
      return heap.remove();
    }
    sort();
    return inserted.removeFirst();
  }

  /// Puts the update that was taken last back with its next block.
  void putBack(Source source) {
    if (usesHeap) {
      source.rank = --moves;
      heap.add(source);
    } else {
      inserted.addFirst(source);
    }
  }

  private void sort() {
    for (int i = beginRun(); i < inserted.size(); i++) {
      Source moving = inserted.get(i);
      int left = 0;
      int right = i;
      while (left < right) {
        int middle = (left + right) >>> 1;
        if (moving.isBefore(inserted.get(middle))) {
          right = middle;
        } else {
          left = middle + 1;
        }
      }
      inserted.remove(i);
      inserted.add(left, moving);
    }
  }

  /// Finds how many are sorted already; a falling run is turned round.
  private int beginRun() {
    if (inserted.size() < 2) {
      return inserted.size();
    }
    boolean falls = inserted.get(1).isBefore(inserted.get(0));
    int run = 2;
    while (run < inserted.size() && inserted.get(run).isBefore(inserted.get(run - 1)) == falls) {
      run++;
    }
    if (falls) {
      Collections.reverse(inserted.subList(0, run));
    }
    return run;
  }
}
