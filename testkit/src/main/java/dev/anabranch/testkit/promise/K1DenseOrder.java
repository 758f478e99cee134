package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// K1: seq is dense per scope; a reader that follows ids or seqs in any way sees commit order and
/// misses nothing.
///
/// One checker may hear of every change as it is committed; what a store has, it is asked for.
public final class K1DenseOrder {

  private static final PageLimit ONE_BY_ONE = new PageLimit(1, 1);

  private final Map<ScopeName, Long> lastSeqs = new HashMap<>();
  private long lastId;

  /// What a change breaks that is committed now.
  public List<String> committed(Change change) {
    long lastSeq = lastSeqs.getOrDefault(change.scope(), 0L);
    List<String> broken =
        change.seq() == lastSeq + 1 && change.id() > lastId
            ? List.of()
            : List.of(
                "K1: %s seq %d, id %d was committed after seq %d, id %d"
                    .formatted(change.scope(), change.seq(), change.id(), lastSeq, lastId));
    lastSeqs.put(change.scope(), change.seq());
    lastId = change.id();
    return broken;
  }

  /// What is broken in a store that nobody writes to meanwhile.
  public static List<String> broken(Store store) {
    List<String> broken = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    for (ScopeName scope : Logs.scopes(store)) {
      List<Change> log = Logs.of(store, scope);
      dense(store.head(scope), log, broken);
      for (Change change : log) {
        if (!ids.add(change.id())) {
          broken.add("K1: id " + change.id() + " was given twice, again in " + scope);
        }
      }
      if (!Logs.of(store, scope, ONE_BY_ONE).equals(log)) {
        broken.add("K1: " + scope + " read change by change is another log than read at once");
      }
    }
    return broken;
  }

  private static void dense(ScopeHead head, List<Change> log, List<String> broken) {
    long lastSeq = head.floorSeq();
    long lastId = head.floorId();
    for (Change change : log) {
      if (change.seq() != lastSeq + 1 || change.id() <= lastId) {
        broken.add(
            "K1: in %s seq %d, id %d comes after seq %d, id %d"
                .formatted(head.scope(), change.seq(), change.id(), lastSeq, lastId));
      }
      lastSeq = change.seq();
      lastId = change.id();
    }
    if (lastSeq != head.seq() || lastId != head.id()) {
      broken.add("K1: " + head + " is not where the log ends: seq " + lastSeq + ", id " + lastId);
    }
  }

  /// What a reader missed that asked again and again for ids above the last it knew.
  ///
  /// @param committed the ids of the scope in commit order
  /// @param after where the reader began
  /// @param seen the ids it got, in its order
  public static List<String> skipped(List<Long> committed, long after, List<Long> seen) {
    long last = seen.isEmpty() ? after : seen.getLast();
    List<Long> expected = committed.stream().filter(id -> id > after && id <= last).toList();
    return seen.equals(expected)
        ? List.of()
        : List.of("K1: a reader by ids saw " + seen + ", committed were " + expected);
  }
}
