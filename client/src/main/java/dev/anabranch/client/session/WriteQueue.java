package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
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

  private static final int KEY_BYTES = 16;

  /// The most bytes of edits of one document that one write takes up before it is sent.
  static final int GATHERED_BYTES_MAX = 16 * 1024;

  private final Step step;
  private final PendingWrites pending;
  private final ConflictRule conflictRule;
  private final RandomGenerator random;
  private final Documents documents;

  /// Places of pending writes that a server may have got: what they hold is fixed.
  private final Set<Long> sent = new HashSet<>();

  WriteQueue(
      Step step,
      PendingWrites pending,
      Documents documents,
      ConflictRule conflictRule,
      RandomGenerator random) {
    this.step = step;
    this.pending = pending;
    this.documents = documents;
    this.conflictRule = conflictRule;
    this.random = random;
  }

  /// A write that an earlier process queued, and perhaps sent.
  void load(QueuedWrite write) {
    pending.put(write);
    sent.add(write.number());
  }

  /// A write is on its way.
  void sent(QueuedWrite write) {
    sent.add(write.number());
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
    EntityView seen = draft.expectedVersion() == null ? null : step.view(draft.entity());
    QueuedWrite write =
        step.replica()
            .enqueue(QueuedWrite.fresh(freshKey(), draft, seen == null ? null : seen.data()));
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
        && !sent.contains(last.number());
  }

  private QueuedWrite gather(QueuedWrite last, Draft draft) {
    Bytes held = Objects.requireNonNull(last.draft().body());
    Bytes more = Objects.requireNonNull(draft.body());
    QueuedWrite fuller = last.holding(DocumentBytes.merged(List.of(held, more)));
    step.replica().amend(fuller.number(), Objects.requireNonNull(fuller.draft().body()));
    pending.put(fuller);
    return fuller;
  }

  private WriteKey freshKey() {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return new WriteKey(HexFormat.of().formatHex(bytes));
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
      if (later.draft().action() == Action.MERGE && !sent.contains(later.number())) {
        takeBack(later, code, "it stands on an edit that was refused: " + detail);
      }
    }
  }

  private void takeBack(QueuedWrite write, String code, String detail) {
    drop(write);
    settle(write, new WriteOutcome.Refused(code, detail));
  }

  private void accept(QueuedWrite write, long changeId, long version, long reached) {
    settle(write, new WriteOutcome.Applied(changeId, version));
    if (changeId <= reached) {
      drop(write);
    } else {
      step.replica().accept(write.number(), changeId);
      pending.put(write.accepted(changeId));
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
      stands = current.deleted() ? null : Fold.known(key.model(), current);
      step.know(key, stands);
    }
    drop(write);
    Conflict conflict =
        stands == null
            ? Conflict.of(write, null, 0)
            : Conflict.of(write, stands.data(), stands.version());
    settle(write, new WriteOutcome.Conflicted(conflict, rewrite(conflict)));
  }

  private @Nullable WriteKey rewrite(Conflict conflict) {
    Draft anew = resolved(conflict);
    return anew == null ? null : enqueue(anew).key();
  }

  /// What the rule writes in place of mine; null = theirs is kept. A rule may throw, and may write
  /// what no write can hold.
  private @Nullable Draft resolved(Conflict conflict) {
    EntityKey entity = conflict.write().entity();
    try {
      return switch (conflictRule.resolve(conflict)) {
        case Resolution.KeepTheirs ignored -> null;
        case Resolution.Rewrite anew ->
            new Draft(entity, anew.action(), anew.data(), null, conflict.theirVersion());
      };
    } catch (RuntimeException thrown) {
      step.tell(new Notice.Trouble("the conflict rule failed, theirs is kept: " + thrown));
      return null;
    }
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
      settle(write, new WriteOutcome.Applied(event.id(), event.version()));
    }
    drop(write);
    pending.undecidedBefore(write).forEach(this::decide);
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
  void passed(ScopeName scope, long lastId) {
    lost(
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
        drop(accepted);
      }
    }
  }

  /// The server has another history than the one in which it accepted the writes of a scope.
  void lost(ScopeName scope) {
    lost(accepted(scope));
  }

  /// The server has not, or not any more, what it once accepted: it is sent again, under the same
  /// key.
  ///
  /// @param numbers places of writes; those that are gone by now have come
  void lost(List<Long> numbers) {
    for (long number : numbers) {
      QueuedWrite write = pending.get(number);
      if (write != null && write.isAccepted()) {
        step.touch(write.entity());
        step.replica().accept(number, 0);
        pending.put(write.accepted(0));
      }
    }
  }

  /// The writes of a scope that were accepted and whose changes have not come.
  List<Long> accepted(ScopeName scope) {
    return pending.accepted(scope).stream().map(QueuedWrite::number).toList();
  }

  private void drop(QueuedWrite write) {
    step.touch(write.entity());
    step.replica().drop(write.number());
    pending.remove(write.number());
    sent.remove(write.number());
  }

  private void settle(QueuedWrite write, WriteOutcome outcome) {
    step.tell(new Notice.WriteSettled(write, outcome));
  }
}
