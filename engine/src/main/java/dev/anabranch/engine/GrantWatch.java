package dev.anabranch.engine;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Effects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/// Who wants to hear of grants to whom. Bounded by those who watch: the open sessions.
final class GrantWatch {

  private final ConcurrentMap<String, Set<Consumer<ScopeName>>> watchers =
      new ConcurrentHashMap<>();

  /// A batch is on disk.
  void committed(Effects effects) {
    if (watchers.isEmpty()) {
      return;
    }
    for (Effects.Logged logged : effects.logged()) {
      Change change = logged.change();
      if (change.entity().model().equals(ModelName.GRANT)) {
        watchers
            .getOrDefault(change.entity().id().text(), Set.of())
            .forEach(told -> told.accept(change.scope()));
      }
    }
  }

  Runnable watch(Set<PrincipalId> names, Consumer<ScopeName> told) {
    names.forEach(name ->
        watchers.compute(
            name.text(),
            (ignored, present) -> {
              Set<Consumer<ScopeName>> more =
                  present == null ? ConcurrentHashMap.newKeySet() : present;
              more.add(told);
              return more;
            }));
    return () ->
        names.forEach(name ->
            watchers.computeIfPresent(
                name.text(),
                (ignored, present) -> {
                  present.remove(told);
                  return present.isEmpty() ? null : present;
                }));
  }
}
