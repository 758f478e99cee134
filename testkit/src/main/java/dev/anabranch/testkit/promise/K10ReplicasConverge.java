package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.rule.DocumentMerge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// K10: replicas of a document that hold the same updates hold the same state, whatever the order,
/// duplication or loss on the way.
public final class K10ReplicasConverge {

  private K10ReplicasConverge() {}

  /// What is broken when these updates arrive in many orders, some of them twice.
  ///
  /// @param seed decides the orders
  public static List<String> broken(DocumentMerge merge, List<Bytes> updates, long seed) {
    Random random = new Random(seed);
    Bytes expected = replica(merge, updates);
    List<String> broken = new ArrayList<>();
    for (int replica = 0; replica < 20; replica++) {
      List<Bytes> arrivals = new ArrayList<>(updates);
      updates.stream().filter(update -> random.nextInt(3) == 0).forEach(arrivals::add);
      Collections.shuffle(arrivals, random);
      Bytes state = replica(merge, arrivals);
      if (!Objects.equals(expected, state)) {
        broken.add("K10: replica " + replica + " of seed " + seed + " holds another state");
      }
    }
    return broken;
  }

  private static @Nullable Bytes replica(DocumentMerge merge, List<Bytes> arrivals) {
    Bytes state = null;
    for (Bytes update : arrivals) {
      state = merge.merge(state, update);
    }
    return state;
  }
}
