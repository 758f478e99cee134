package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Remembered;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The answers that writers got, in the order in which they got them; from any thread.
public final class History {

  private final Queue<Answered> calls = new ConcurrentLinkedQueue<>();

  /// A call and the outcomes of its writes.
  public record Answered(Commit call, List<Outcome> outcomes) {
    public Answered {
      outcomes = List.copyOf(outcomes);
    }

    /// Whether it was atomic and nothing of it was applied.
    public boolean isAborted() {
      return call.atomic() && !outcomes.stream().allMatch(Answered::isApplied);
    }

    /// The answers of its writes that are final: none when it was aborted, for its keys stay free.
    public List<Answer> answers() {
      List<Answer> answers = new ArrayList<>();
      for (int index = 0; index < outcomes.size() && !isAborted(); index++) {
        Outcome outcome = outcomes.get(index);
        answers.add(
            new Answer(
                call.caller().principal(),
                call.writes().get(index),
                outcome instanceof Outcome.Duplicate(Outcome first) ? first : outcome));
      }
      return answers;
    }

    private static boolean isApplied(Outcome outcome) {
      return outcome instanceof Outcome.Applied
          || (outcome instanceof Outcome.Duplicate(Outcome first)
              && first instanceof Outcome.Applied);
    }
  }

  /// One write and what it came to; of a duplicate, the first outcome.
  public record Answer(PrincipalId principal, Write write, Outcome outcome) {

    /// Within which its key is unique.
    public Remembered.Name name() {
      return new Remembered.Name(write.entity().scope(), principal, write.key());
    }
  }

  /// A call was answered.
  public void answered(Commit call, List<Outcome> outcomes) {
    calls.add(new Answered(call, outcomes));
  }

  /// The answered calls.
  public List<Answered> calls() {
    return List.copyOf(calls);
  }

  /// The answered writes whose answers are final: all but those of aborted calls, whose keys stay
  /// free.
  public List<Answer> answers() {
    return calls.stream().flatMap(call -> call.answers().stream()).toList();
  }
}
