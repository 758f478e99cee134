package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;

/// The retained logs of a store.
public final class Logs {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private Logs() {}

  /// The names of a store's scopes.
  public static List<ScopeName> scopes(Store store) {
    List<ScopeName> scopes = new ArrayList<>();
    List<ScopeHead> heads = store.heads(null, 1000);
    while (!heads.isEmpty()) {
      heads.forEach(head -> scopes.add(head.scope()));
      heads = store.heads(heads.getLast().scope(), 1000);
    }
    return scopes;
  }

  /// Every retained change of a scope.
  public static List<Change> of(Store store, ScopeName scope) {
    return of(store, scope, ALL);
  }

  /// Every retained change of a scope, read in pages of this size.
  public static List<Change> of(Store store, ScopeName scope, PageLimit limit) {
    List<Change> log = new ArrayList<>();
    Reading reading = store.read(scope, store.head(scope).floorId(), limit);
    while (reading instanceof Reading.Page page && !page.changes().isEmpty()) {
      log.addAll(page.changes());
      reading = store.read(scope, page.changes().getLast().id(), limit);
    }
    return log;
  }

  /// Every retained change of a store by ascending id.
  public static List<Change> of(Store store) {
    List<Change> log = new ArrayList<>();
    scopes(store).forEach(scope -> log.addAll(of(store, scope)));
    log.sort((one, other) -> Long.compare(one.id(), other.id()));
    return log;
  }
}
