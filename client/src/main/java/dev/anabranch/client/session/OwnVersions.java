package dev.anabranch.client.session;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which versions of entities this device made itself, the last ones without a gap: whoever saw the
/// version before them has seen everything that others wrote.
///
/// Not on disk: an [dev.anabranch.client.replica.EntityView] does not outlive the process either.
/// Of the entities written longest ago nothing is remembered; what was seen of one of them before
/// its last write is then taken for stale, and a careful write finds a conflict too many.
final class OwnVersions {

  /// The most entities of which something is remembered.
  static final int ENTITIES_MAX = 10_000;

  private final Map<EntityKey, Run> runs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<EntityKey, Run> eldest) {
          return size() > ENTITIES_MAX;
        }
      };

  /// @param before the version before the first of them; 0 = the entity did not live
  /// @param last the version after the last of them
  private record Run(long before, long last) {}

  /// This device made a version of that one.
  void made(EntityKey entity, long before, long version) {
    Run run = runs.remove(entity); // and put last: the eldest is the one written longest ago
    long first = run != null && run.last == before ? run.before : before;
    runs.put(entity, new Run(first, version));
  }

  /// Whether an entity went from one version to the other by this device's writes alone.
  boolean lead(EntityKey entity, long from, long to) {
    Run run = runs.get(entity);
    return run != null && run.last == to && run.before <= from && from <= to;
  }

  /// The entity's versions begin anew, or it is gone.
  void forget(EntityKey entity) {
    runs.remove(entity);
  }

  /// The same for a whole scope.
  void forget(ScopeName scope) {
    runs.keySet().removeIf(entity -> entity.scope().equals(scope));
  }
}
