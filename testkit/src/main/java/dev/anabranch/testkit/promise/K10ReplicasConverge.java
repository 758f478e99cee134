package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.rule.DocumentMerge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// K10: replicas of a document that hold the same updates hold the same state, whatever the order,
/// duplication or loss on the way.
///
/// One checker hears of any number of replicas, at rest or on their way.
public final class K10ReplicasConverge {

  private record Replica(String name, Object state) {}

  private final Map<Object, Replica> first = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  /// A replica as it is.
  ///
  /// @param name whose it is
  /// @param updates what it holds: equal for two replicas that hold the same
  /// @param state what it makes of them: equal when it is the same
  public void holds(String name, Object updates, Object state) {
    Replica other = first.putIfAbsent(updates, new Replica(name, state));
    if (other != null && !other.state().equals(state)) {
      broken.add(
          "K10: "
              + name
              + " holds the same updates as "
              + other.name()
              + " and another state: "
              + updates);
    }
  }

  /// What is broken between the replicas so far.
  public List<String> broken() {
    return List.copyOf(broken);
  }

  /// What is broken when these updates arrive in many orders, some of them twice.
  ///
  /// @param updates at least one
  /// @param seed decides the orders
  public static List<String> broken(DocumentMerge merge, List<Bytes> updates, long seed) {
    Random random = new Random(seed);
    Bytes expected = merge.mergeAll(null, updates);
    List<String> broken = new ArrayList<>();
    for (int replica = 0; replica < 20; replica++) {
      if (!merge.isSame(expected, inAnotherOrder(merge, updates, random))) {
        broken.add("K10: replica " + replica + " of seed " + seed + " holds another state");
      }
    }
    return broken;
  }

  /// The state of a replica to which these updates came in some order, some of them twice.
  ///
  /// @param updates at least one
  public static Bytes inAnotherOrder(DocumentMerge merge, List<Bytes> updates, Random random) {
    List<Bytes> arrivals = new ArrayList<>(updates);
    updates.stream().filter(update -> random.nextInt(3) == 0).forEach(arrivals::add);
    Collections.shuffle(arrivals, random);
    Bytes state = merge.merge(null, arrivals.getFirst());
    for (Bytes update : arrivals.subList(1, arrivals.size())) {
      state = merge.merge(state, update);
    }
    return state;
  }
}
