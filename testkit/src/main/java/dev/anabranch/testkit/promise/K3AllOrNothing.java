package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// K3: change, entity, indexes and grants commit together or not at all; so do the writes of an
/// atomic call.
///
/// That entities go with their changes is K4's to see.
public final class K3AllOrNothing {

  private K3AllOrNothing() {}

  /// What is broken among calls that were asked, answered or not.
  ///
  /// @param calls atomic ones count; their models must log a change for every applied write
  public static List<String> broken(Collection<Commit> calls, Store store) {
    return broken(calls, Logs.of(store));
  }

  /// What is broken among calls by what a log has, or by what one batch adds to it.
  public static List<String> broken(Collection<Commit> calls, List<Change> log) {
    Set<Remembered.Name> logged =
        log.stream().map(K3AllOrNothing::name).collect(Collectors.toSet());
    List<String> broken = new ArrayList<>();
    for (Commit call : calls) {
      long there =
          call.writes().stream().filter(write -> logged.contains(name(call, write))).count();
      if (call.atomic() && there != 0 && there != call.writes().size()) {
        broken.add(
            "K3: %d of %d writes are in the log: %s".formatted(there, call.writes().size(), call));
      }
    }
    return broken;
  }

  private static Remembered.Name name(Change change) {
    return new Remembered.Name(change.scope(), change.author(), change.key());
  }

  private static Remembered.Name name(Commit call, Write write) {
    return new Remembered.Name(write.entity().scope(), call.caller().principal(), write.key());
  }
}
