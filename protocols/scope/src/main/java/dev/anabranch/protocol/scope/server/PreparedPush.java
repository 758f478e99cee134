package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.PushBatch;
import dev.anabranch.protocol.scope.wire.PushEntry;
import dev.anabranch.protocol.scope.wire.PushMistake;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A push sorted into what the kernel is asked for and what is refused without asking; pure.
///
/// A mistaken write is refused in its place and does not stop the others (K9), unless they are to
/// be applied together.
final class PreparedPush {
  private final PushBatch batch;
  private final List<@Nullable Refusal> refusals;
  private final List<Write> writes;

  private PreparedPush(PushBatch batch, List<@Nullable Refusal> refusals, List<Write> writes) {
    this.batch = batch;
    this.refusals = refusals;
    this.writes = writes;
  }

  static PreparedPush of(PushBatch batch, Models models, @Nullable DeviceId connection) {
    List<@Nullable Refusal> refusals = new ArrayList<>();
    List<Write> writes = new ArrayList<>();
    for (PushEntry entry : batch.writes()) {
      switch (write(entry, models, connection)) {
        case Decoded.Good<Write>(Write write) -> {
          refusals.add(null);
          writes.add(write);
        }
        case Decoded.Bad<Write> bad -> refusals.add(bad.refusal());
      }
    }
    boolean spoiled = batch.atomic() && writes.size() < batch.writes().size();
    return spoiled ? spoiled(batch, refusals) : new PreparedPush(batch, refusals, writes);
  }

  private static Decoded<Write> write(
      PushEntry entry, Models models, @Nullable DeviceId connection) {
    return switch (entry) {
      case PushWrite write -> ScopeChanges.write(write, models, connection);
      case PushMistake mistake -> new Decoded.Bad<>(mistake.refusal(), null, null);
    };
  }

  private static PreparedPush spoiled(PushBatch batch, List<@Nullable Refusal> refusals) {
    Refusal aborted =
        new Refusal(
            ScopeFault.BATCH_ABORTED,
            "nothing of this batch was applied, because another of its writes is mistaken");
    List<@Nullable Refusal> all = new ArrayList<>();
    for (Refusal refusal : refusals) {
      all.add(refusal == null ? aborted : refusal);
    }
    return new PreparedPush(batch, all, List.of());
  }

  /// What the kernel is asked for; may be empty.
  List<Write> writes() {
    return writes;
  }

  boolean atomic() {
    return batch.atomic();
  }

  /// The answer to the whole push.
  ///
  /// @param outcomes one for each of [#writes]
  /// @param answerBytesMax about how much may be said before `current` is left out
  List<PushOutcome> answer(List<Outcome> outcomes, int answerBytesMax) {
    List<PushOutcome> answer = new ArrayList<>(refusals.size());
    Iterator<Outcome> next = outcomes.iterator();
    long bytes = 0;
    for (int index = 0; index < refusals.size(); index++) {
      PushEntry entry = batch.writes().get(index);
      Refusal refusal = refusals.get(index);
      PushOutcome outcome =
          refusal == null
              ? ScopeChanges.outcome(entry.key(), next.next())
              : PushOutcome.first(entry.key(), PushOutcome.Refused.of(refusal));
      bytes += bytesOf(outcome);
      answer.add(bytes <= answerBytesMax ? outcome : shortened(outcome));
    }
    return answer;
  }

  private static long bytesOf(PushOutcome outcome) {
    return outcome.result() instanceof PushOutcome.Conflict(SyncRecord current, boolean ignored)
            && current != null
        ? 300L
            + 3L * current.fields().text().length()
            + (current.body() == null ? 0 : current.body().size() * 4L / 3)
        : 0;
  }

  private static PushOutcome shortened(PushOutcome outcome) {
    return outcome.result() instanceof PushOutcome.Conflict(SyncRecord current, boolean ignored)
            && current != null
        ? new PushOutcome(outcome.key(), outcome.repeated(), new PushOutcome.Conflict(null, true))
        : outcome;
  }
}
