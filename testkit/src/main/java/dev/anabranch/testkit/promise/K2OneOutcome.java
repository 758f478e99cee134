package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// K2: one key has one outcome, for ever: a retry, even after a crash, gets the first answer;
/// (scope, device, n) is unique.
public final class K2OneOutcome {

  private K2OneOutcome() {}

  /// What is broken between the answers that were given and the log.
  public static List<String> broken(History history, Store store) {
    List<String> broken = new ArrayList<>();
    answers(history, broken);
    log(Logs.of(store), broken);
    return broken;
  }

  private static void answers(History history, List<String> broken) {
    Map<Remembered.Name, History.Answer> firsts = new HashMap<>();
    for (History.Answer answer : history.answers()) {
      if (!isFinal(answer.outcome())) {
        continue;
      }
      History.Answer first = firsts.putIfAbsent(answer.name(), answer);
      if (first != null && differs(first, answer)) {
        broken.add(
            "K2: " + answer.name() + " got " + first.outcome() + ", then " + answer.outcome());
      }
    }
  }

  private static boolean differs(History.Answer first, History.Answer again) {
    return WriteHash.of(first.write()).equals(WriteHash.of(again.write()))
        && !said(first.outcome()).equals(said(again.outcome()));
  }

  /// What must stay the same: an applied answer may lose its entity when that has moved on.
  private static Object said(Outcome outcome) {
    return outcome instanceof Outcome.Applied(long id, long seq, long version, var entity)
        ? List.of(id, seq, version)
        : outcome;
  }

  private static boolean isFinal(@Nullable Outcome outcome) {
    return !(outcome instanceof Outcome.Refused(var fault)) || fault.code().isRemembered();
  }

  private static void log(List<Change> log, List<String> broken) {
    Set<Remembered.Name> keys = new HashSet<>();
    Set<List<Object>> dots = new HashSet<>();
    for (Change change : log) {
      if (!keys.add(new Remembered.Name(change.scope(), change.author(), change.key()))) {
        broken.add(
            "K2: the key " + change.key() + " is in the log of " + change.scope() + " twice");
      }
      if (!dots.add(List.of(change.scope(), change.cause().device(), change.cause().n()))) {
        broken.add("K2: " + change.cause() + " is in the log of " + change.scope() + " twice");
      }
    }
  }
}
