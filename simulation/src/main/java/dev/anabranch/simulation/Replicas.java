package dev.anabranch.simulation;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.rule.DocumentMerge;
import dev.anabranch.testkit.SetUnionMerge;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.promise.K10ReplicasConverge;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// K10 in a run: whoever holds a document up to the same change holds the same, and so does one to
/// whom these updates came in another order, some of them twice.
final class Replicas {

  private static final DocumentMerge MERGE = new SetUnionMerge();

  /// All updates of a document up to a seq.
  private record Held(EntityKey document, long seq) {}

  private final K10ReplicasConverge law = new K10ReplicasConverge();
  private final Truth truth;
  private final Random random;
  private final Set<Held> known = new HashSet<>();

  Replicas(Truth truth, long seed) {
    this.truth = truth;
    this.random = new Random(seed);
  }

  /// Somebody's entities; what is no document is left out.
  void have(String name, Collection<Entity> entities) {
    for (Entity entity : entities) {
      if (entity.key().model().equals(TestModels.DOCUMENT)
          && !entity.deleted()
          && entity.body() != null) {
        has(name, new Held(entity.key(), entity.seq()), entity.body());
      }
    }
  }

  private void has(String name, Held held, Bytes state) {
    if (known.add(held)) {
      List<Bytes> updates = truth.updates(held.document(), held.seq());
      law.holds("another order", held, K10ReplicasConverge.inAnotherOrder(MERGE, updates, random));
    }
    law.holds(name, held, state);
  }

  List<String> broken() {
    return law.broken();
  }
}
