package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// K12: no gateway can make a change that another gateway cannot show, at least as a generic one.
public final class K12EveryGatewayShows {

  private K12EveryGatewayShows() {}

  /// Changes of a store that a gateway does not show.
  ///
  /// @param gateways what each gateway makes of a change; empty or an exception = it cannot
  public static List<String> broken(
      Store store, Map<String, Function<Change, Optional<?>>> gateways) {
    List<String> broken = new ArrayList<>();
    for (Change change : Logs.of(store)) {
      gateways.forEach((name, show) -> {
        if (!shows(show, change)) {
          broken.add("K12: " + name + " cannot show " + change);
        }
      });
    }
    return broken;
  }

  private static boolean shows(Function<Change, Optional<?>> show, Change change) {
    try {
      return show.apply(change).isPresent();
    } catch (RuntimeException cannot) {
      return false;
    }
  }
}
