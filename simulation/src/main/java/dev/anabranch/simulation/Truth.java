package dev.anabranch.simulation;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  void committed(Effects effects) {
    effects.logged().forEach(logged -> add(logged.change()));
  }

  /// The store was opened: what it has more than was known is true too, what it lacks was lost.
  ///
  /// @return what was lost or rewritten
  List<String> opened(Store store) {
    List<String> lost = new ArrayList<>();
    for (ScopeHead head : store.heads(null, 1000)) {
      compare(store, head, log(head.scope()), lost);
    }
    logs.forEach((scope, log) -> {
      if (store.head(scope).seq() < log.size()) {
        lost.add("K6: " + scope + " had seq " + log.size() + ", now " + store.head(scope).seq());
      }
    });
    return lost;
  }

  private void compare(Store store, ScopeHead head, List<Change> log, List<String> lost) {
    if (!(store.read(head.scope(), head.floorId(), ALL) instanceof Reading.Page page)) {
      lost.add("K6: " + head + " cannot be read from its floor");
      return;
    }
    for (Change found : page.changes()) {
      if (found.seq() == log.size() + 1) {
        add(found);
      } else if (found.seq() > log.size() || !log.get((int) found.seq() - 1).equals(found)) {
        lost.add("K6: the log was rewritten: " + found);
      }
    }
  }
}
