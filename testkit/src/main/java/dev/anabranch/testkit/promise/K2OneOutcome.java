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
///
/// One checker may hear of every answer and every change as it comes.
public final class K2OneOutcome {

  private final Map<Remembered.Name, History.Answer> firsts = new HashMap<>();
  private final Set<Remembered.Name> keys = new HashSet<>();
  private final Set<List<Object>> dots = new HashSet<>();

  /// What is broken between the answers that were given and the log.
  public static List<String> broken(History history, Store store) {
    K2OneOutcome law = new K2OneOutcome();
    List<String> broken = new ArrayList<>();
    history.answers().forEach(answer -> broken.addAll(law.answered(answer)));
    Logs.of(store).forEach(change -> broken.addAll(law.committed(change)));
    return broken;
  }

  /// What an answer breaks that is given now.
  public List<String> answered(History.Answer answer) {
    if (!isFinal(answer.outcome())) {
      return List.of();
    }
    History.Answer first = firsts.putIfAbsent(answer.name(), answer);
    return first == null || !differs(first, answer)
        ? List.of()
        : List.of(
            "K2: " + answer.name() + " got " + first.outcome() + ", then " + answer.outcome());
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

  /// What a change breaks that is committed now.
  public List<String> committed(Change change) {
    List<String> broken = new ArrayList<>();
    if (!keys.add(new Remembered.Name(change.scope(), change.author(), change.key()))) {
      broken.add("K2: the key " + change.key() + " is in the log of " + change.scope() + " twice");
    }
    if (!dots.add(List.of(change.scope(), change.cause().device(), change.cause().n()))) {
      broken.add("K2: " + change.cause() + " is in the log of " + change.scope() + " twice");
    }
    return broken;
  }
}
