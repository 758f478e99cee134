package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What becomes of a device's writes, from the queue to their end.
///
/// ```
///            answer: applied                     the change is known
///  QUEUED ──────────────────────▶ ACCEPTED ───────────────────────────▶ gone
///   │  ▲                              │
///   │  └──────────────────────────────┘ the server has lost it
///   ├── its own echo came first ──────────────────────────────────────▶ gone
///   ├── answer: refused ──────────────────────────────────────────────▶ gone, taken back
///   ├── answer: conflict ─────────────────────────────────────────────▶ gone, or written anew
///   └── a later write's echo came first: decided, shown no more, waits for its answer
/// ```
final class WriteQueue {

  /// The most bytes of edits of one document that one write takes up before it is sent.
  static final int GATHERED_BYTES_MAX = 16 * 1024;

  private final Step step;
  private final PendingWrites pending;
  private final Documents documents;
  private final CarefulWrites careful;
  private final Conflicts conflicts;
  private final OwnVersions own;
  private final FreshKeys keys;

  WriteQueue(
      Step step,
      PendingWrites pending,
      Documents documents,
      CarefulWrites careful,
      Conflicts conflicts,
      OwnVersions own,
      FreshKeys keys) {
    this.step = step;
    this.pending = pending;
    this.documents = documents;
    this.careful = careful;
    this.conflicts = conflicts;
    this.own = own;
    this.keys = keys;
  }

  /// A write that an earlier process queued, and perhaps sent.
  void load(QueuedWrite write) {
    pending.put(write);
    pending.sent(write.number());
  }

  /// A write is on its way.
  void sent(QueuedWrite write) {
    pending.sent(write.number());
    step.tell(new Notice.WriteSent(write));
  }

  /// Puts a write behind all others; from now on it is shown. An edit of the document whose edit is
  /// the last of its scope, and was never sent, goes into that one: the order stays, and an evening
  /// of typing on a train is a few writes.
  QueuedWrite enqueue(Draft draft) {
    step.touch(draft.entity());
    QueuedWrite last = pending.lastUnanswered(draft.entity().scope());
    if (last != null && takesMore(last, draft)) {
      return gather(last, draft);
    }
    QueuedWrite write = step.replica().enqueue(careful.based(keys.next(), draft));
    pending.put(write);
    return write;
  }

  private boolean takesMore(QueuedWrite last, Draft draft) {
    Bytes held = last.draft().body();
    Bytes more = draft.body();
    return held != null
        && more != null
        && held.size() + more.size() <= GATHERED_BYTES_MAX
        && last.entity().equals(draft.entity())
        && !pending.wasSent(last.number());
  }

  private QueuedWrite gather(QueuedWrite last, Draft draft) {
    Bytes held = Objects.requireNonNull(last.draft().body());
    Bytes more = Objects.requireNonNull(draft.body());
    QueuedWrite fuller = last.holding(DocumentBytes.merged(List.of(held, more)));
    step.replica().amend(fuller.number(), Objects.requireNonNull(fuller.draft().body()));
    pending.put(fuller);
    return fuller;
  }

  /// Takes the answer to a write.
  ///
  /// @param number its place; one that is gone or accepted already has had its answer
  /// @param reached the id up to which its scope is known
  /// @return false = it is to be sent again later
  boolean answer(long number, PushOutcome outcome, long reached) {
    QueuedWrite write = pending.get(number);
    if (write == null || write.isAccepted()) {
      return true;
    }
    switch (outcome.result()) {
      case PushOutcome.Applied applied ->
          accept(write, applied.syncId(), applied.version(), reached);
      case PushOutcome.Conflict conflict -> resolve(write, conflict.current(), reached);
      case PushOutcome.Refused(String code, String detail) -> {
        if (isForAWhile(code)) {
          return false;
        }
        refuse(number, code, detail);
      }
    }
    return true;
  }

  /// Whether the same write can be taken later, or by a link with a better token.
  static boolean isForAWhile(String code) {
    return ScopeFault.ofCode(code)
        .filter(fault -> fault.isTransient() || fault == ScopeFault.UNAUTHENTICATED)
        .isPresent();
  }

  /// The answer to a write is no: it is taken back.
  void refuse(long number, String code, String detail) {
    QueuedWrite write = pending.get(number);
    if (write != null && !write.isAccepted()) {
      takeBack(write, code, detail);
      if (write.draft().action() == Action.MERGE) {
        takeBackWhatFollows(write, code, detail);
        documents.refused(write.entity());
      }
    }
  }

  /// Later edits of the document stand on the refused one: what was never sent goes with it.
  private void takeBackWhatFollows(QueuedWrite refused, String code, String detail) {
    for (QueuedWrite later : pending.of(refused.entity())) {
      if (later.draft().action() == Action.MERGE && !pending.wasSent(later.number())) {
        takeBack(later, code, "it stands on an edit that was refused: " + detail);
      }
    }
  }

  private void takeBack(QueuedWrite write, String code, String detail) {
    careful.refused(write);
    step.drop(write);
    step.settle(write, new WriteOutcome.Refused(code, detail));
  }

  private void accept(QueuedWrite write, long changeId, long version, long reached) {
    step.settle(write, new WriteOutcome.Applied(changeId, version));
    if (changeId <= reached) {
      made(write, version, false);
      step.drop(write);
    } else {
      step.replica().accept(write.number(), changeId, version);
      pending.put(write.accepted(changeId, version));
    }
  }

  /// What stands there is known with the answer already, so that the view goes from mine to theirs
  /// and not by way of what was before. A repeated answer names nothing, or something old: then
  /// what is known counts.
  private void resolve(QueuedWrite write, @Nullable SyncRecord current, long reached) {
    EntityKey key = write.entity();
    step.touch(key);
    KnownEntity stands = step.known(key);
    long newest = stands == null ? reached : Math.max(reached, stands.syncId());
    if (current != null && current.syncId() > newest) {
      step.know(key, current.deleted() ? null : Fold.known(key.model(), current));
    }
    conflicts.decide(write, careful.stands(write));
  }

  /// A change has come: perhaps one of ours.
  void recogniseEcho(SyncEvent event) {
    boolean ours = event.device() == null || event.device().equals(step.replica().device());
    QueuedWrite write =
        ours && event.key() != null
            ? pending.named(event.scope(), event.key())
            : pending.acceptedAs(event.scope(), event.id());
    if (write == null || !write.entity().equals(Fold.entity(event))) {
      return;
    }
    if (!write.isAccepted()) {
      step.settle(write, new WriteOutcome.Applied(event.id(), event.version()));
    }
    made(write, event.version(), event.action() == Action.INSERT);
    step.drop(write);
    pending.undecidedBefore(write).forEach(this::decide);
  }

  /// A write of this device made a version of its entity: of the one that it expected, of nothing,
  /// or of the one before.
  private void made(QueuedWrite write, long version, boolean ofNothing) {
    Long expected = write.draft().expectedVersion();
    long before = expected != null && write.restsOn() == 0 ? expected : version - 1;
    if (write.draft().action() == Action.DELETE) {
      own.forget(write.entity());
    } else {
      own.made(write.entity(), ofNothing ? 0 : before, version);
    }
  }

  /// Pushes take effect in order: a write before one that came back was decided before it, by a
  /// push whose answer was lost. What the server told contains what came of it.
  private void decide(QueuedWrite write) {
    step.touch(write.entity());
    step.replica().decide(write.number());
    pending.put(write.decidedUnanswered());
  }

  /// Every change of a scope up to this one was told, one by one: an accepted write whose own was
  /// not among them is one that the server has lost.
  ///
  /// @return whether there is one
  boolean passed(ScopeName scope, long lastId) {
    return lost(
        pending.accepted(scope).stream()
            .filter(accepted -> accepted.acceptedId() <= lastId)
            .map(QueuedWrite::number)
            .toList());
  }

  /// A snapshot holds everything of a scope up to a change: writes that became one of them need no
  /// overlay. A device without a cursor does not see that the server was put back since, and an id
  /// of its new history may be greater than one that it lost; so an edit of a document that an
  /// earlier link had accepted stays until it is known of ([#lost]): sent again under its key it
  /// does no harm.
  ///
  /// @param earlier places of writes that an earlier link had accepted
  void contained(ScopeName scope, long lastId, List<Long> earlier) {
    for (QueuedWrite accepted : pending.accepted(scope)) {
      boolean doubted =
          accepted.draft().action() == Action.MERGE && earlier.contains(accepted.number());
      if (accepted.acceptedId() <= lastId && !doubted) {
        made(accepted, accepted.acceptedVersion(), false);
        step.drop(accepted);
      }
    }
  }

  /// The server has another history than the one in which it accepted the writes of a scope.
  ///
  /// @return whether there are any
  boolean lost(ScopeName scope) {
    return lost(accepted(scope));
  }

  /// The server has not, or not any more, what it once accepted: it is sent again, under the same
  /// key.
  ///
  /// @param numbers places of writes; those that are gone by now have come
  /// @return whether one of them is to be sent again
  boolean lost(List<Long> numbers) {
    boolean any = false;
    for (long number : numbers) {
      QueuedWrite write = pending.get(number);
      if (write != null && write.isAccepted()) {
        step.touch(write.entity());
        step.replica().accept(number, 0, 0);
        pending.put(write.accepted(0, 0));
        any = true;
      }
    }
    return any;
  }

  /// Whether one of these is to be sent, again or anew.
  boolean holdsUnanswered(List<Long> numbers) {
    return numbers.stream()
        .map(pending::get)
        .anyMatch(write -> write != null && !write.isAccepted());
  }

  /// The writes of a scope that were accepted and whose changes have not come.
  List<Long> accepted(ScopeName scope) {
    return pending.accepted(scope).stream().map(QueuedWrite::number).toList();
  }
}
