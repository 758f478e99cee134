package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// K7: a proof is stored and served byte for byte.
public final class K7ProofAsItCame {

  private K7ProofAsItCame() {}

  /// What is broken between the writes that were answered and the log.
  public static List<String> broken(History history, Store store) {
    Map<Remembered.Name, Change> logged = new HashMap<>();
    for (Change change : Logs.of(store)) {
      logged.put(new Remembered.Name(change.scope(), change.author(), change.key()), change);
    }
    List<String> broken = new ArrayList<>();
    for (History.Answer answer : history.answers()) {
      Change change = logged.get(answer.name());
      if (change != null) {
        broken.addAll(broken(answer.write(), change));
      }
    }
    return broken;
  }

  /// What is broken between a write and the change that came of it.
  public static List<String> broken(Write write, Change change) {
    return change.erased() || Objects.equals(change.proof(), write.proof())
        ? List.of()
        : List.of("K7: the proof of " + change.key() + " came back as " + change.proof());
  }
}
