package dev.anabranch.simulation;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The log as it really is, kept outside the system: what no floor drops and no crash loses.
final class Truth {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private final Map<ScopeName, List<Change>> logs = new TreeMap<>();
  private final Map<ScopeName, List<Change>> grants = new TreeMap<>();

  /// A scope's whole log.
  List<Change> log(ScopeName scope) {
    return logs.computeIfAbsent(scope, ignored -> new ArrayList<>());
  }

  /// The changes of rights in a scope.
  List<Change> grants(ScopeName scope) {
    return grants.computeIfAbsent(scope, ignored -> new ArrayList<>());
  }

  /// The updates that a document had up to a seq, since it was last deleted.
  List<Bytes> updates(EntityKey document, long seq) {
    List<Bytes> updates = new ArrayList<>();
    for (Change change : log(document.scope())) {
      if (change.entity().equals(document) && change.seq() <= seq) {
        if (change.body() == null) {
          updates.clear();
        } else {
          updates.add(change.body());
        }
      }
    }
    return updates;
  }

  private void add(Change change) {
    log(change.scope()).add(change);
    if (change.entity().model().equals(ModelName.GRANT)) {
      grants(change.scope()).add(change);
    }
  }

  /// The last seq of a scope.
  long headSeq(ScopeName scope) {
    List<Change> log = log(scope);
    return log.isEmpty() ? 0 : log.getLast().seq();
  }

  /// The id of the last change of a scope.
  long headId(ScopeName scope) {
    List<Change> log = log(scope);
    return log.isEmpty() ? 0 : log.getLast().id();
  }

  /// A batch was committed.
  void committed(List<Change> batch) {
    batch.forEach(this::add);
  }

  /// A change of a scope; empty when its log does not go so far.
  Optional<Change> change(ScopeName scope, long seq) {
    List<Change> log = log(scope);
    return seq < 1 || seq > log.size() ? Optional.empty() : Optional.of(log.get((int) seq - 1));
  }

  /// What a store had when it was opened.
  ///
  /// @param lost what was lost or rewritten
  /// @param found what was committed without anybody hearing of it, by ascending id
  record Opened(List<String> lost, List<Change> found) {}

  /// The store was opened: what it has more than was known is true too, what it lacks was lost.
  Opened opened(Store store) {
    List<String> lost = new ArrayList<>();
    List<Change> found = new ArrayList<>();
    for (ScopeHead head : store.heads(null, 1000)) {
      compare(store, head, lost, found);
    }
    logs.forEach((scope, log) -> {
      if (store.head(scope).seq() < log.size()) {
        lost.add("K6: " + scope + " had seq " + log.size() + ", now " + store.head(scope).seq());
      }
    });
    found.sort(Comparator.comparing(Change::id));
    return new Opened(lost, found);
  }

  private void compare(Store store, ScopeHead head, List<String> lost, List<Change> more) {
    List<Change> log = log(head.scope());
    if (!(store.read(head.scope(), head.floorId(), ALL) instanceof Reading.Page page)) {
      lost.add("K6: " + head + " cannot be read from its floor");
      return;
    }
    for (Change found : page.changes()) {
      if (found.seq() == log.size() + 1) {
        add(found);
        more.add(found);
      } else if (found.seq() > log.size() || !log.get((int) found.seq() - 1).equals(found)) {
        lost.add("K6: the log was rewritten: " + found);
      }
    }
  }
}
