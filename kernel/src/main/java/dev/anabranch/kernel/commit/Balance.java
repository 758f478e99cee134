package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Holding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// What everybody has in the log while a batch is under way.
final class Balance {

  private final Holdings before;
  private final Consumer<Runnable> undo;
  private final Map<PrincipalId, Holding> moved = new HashMap<>();
  private final Set<Long> blanked = new HashSet<>();
  private final Map<EntityKey, Map<PrincipalId, Holding>> trails = new HashMap<>(); // unblanked

  /// A balance that nothing has moved.
  ///
  /// @param undo is given what takes each step back
  Balance(Holdings before, Consumer<Runnable> undo) {
    this.before = before;
    this.undo = undo;
  }

  /// What is held under some names.
  Holding of(Set<PrincipalId> names) {
    Holding sum = Holding.NOTHING;
    for (PrincipalId name : names) {
      sum = sum.plus(before.of(name)).plus(moved.getOrDefault(name, Holding.NOTHING));
    }
    return sum;
  }

  void logged(Change change) {
    move(change.author(), Holding.of(change));
  }

  /// What an entity's changes said is blanked: of those of this batch, and of those before it.
  ///
  /// @param fresh this batch's, newest first
  void erased(Effects.Erasure erasure, Iterable<Effects.Logged> fresh) {
    EntityKey entity = erasure.entity();
    long seq = erasure.seq();
    for (Effects.Logged one : fresh) {
      Change change = one.change();
      if (change.entity().equals(entity) && change.seq() <= erasure.seq()) {
        blanked(erasure, change);
        seq = change.prior();
      }
    }
    if (seq > 0) {
      blanked(erasure, trail(entity, seq));
    }
  }

  /// What is left of an entity's changes before this batch; each erasure of the batch reaches all.
  private Map<PrincipalId, Holding> trail(EntityKey entity, long seq) {
    return trails.computeIfAbsent(
        entity, ignored -> new HashMap<>(before.trail(entity.scope(), seq)));
  }

  private void blanked(Effects.Erasure erasure, Map<PrincipalId, Holding> trail) {
    for (PrincipalId author : Set.copyOf(trail.keySet())) {
      if (erasure.isOf(author)) {
        Holding held = Objects.requireNonNull(trail.remove(author));
        undo.accept(() -> trail.put(author, held));
        move(author, Holding.NOTHING.minus(held));
      }
    }
  }

  private void blanked(Effects.Erasure erasure, Change change) {
    if (erasure.isOf(change.author()) && blanked.add(change.id())) {
      undo.accept(() -> blanked.remove(change.id()));
      move(change.author(), Holding.NOTHING.minus(Holding.of(change)));
    }
  }

  private void move(PrincipalId author, Holding by) {
    moved.merge(author, by, Holding::plus);
    undo.accept(() -> moved.merge(author, Holding.NOTHING.minus(by), Holding::plus));
  }

  /// By how much each one's moved.
  Map<PrincipalId, Holding> moved() {
    return Map.copyOf(moved);
  }
}
