package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.WriteKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What careful writes rest on, and which write is to be sent next.
///
/// A careful write has an effect only on what its user saw. What that is has a version of the
/// server only as long as no write of this device is in it; which version such a write will come to
/// nobody knows, and the one that it should come to may be somebody else's by then. So a careful
/// write that rests on pending ones names the last of them, and waits:
///
/// ```
///             nothing of the entity is pending
///  written ───────────────────────────────────────▶ EXPECTS A VERSION ──▶ sent
///     │                                                    ▲
///     │ rests on a pending one      what stands there      │ the rule's answer, in the same place
///     └──────▶ WAITS ───────────▶ is what was seen ────────┤
///              until all before it   or else: conflict ────┘ or given up
///              are answered
/// ```
///
/// What stands there is what the server told with this device's accepted writes on top. It is
/// compared by its fields, for what was written was written on these. A conflict's *theirs* is that
/// too: the device's own writes before this one are in it, and in what this one saw.
///
/// Nothing of an entity overtakes a careful write of it: what a rule makes of one that was sent
/// takes its place before all that was written later.
final class CarefulWrites {

  private final Step step;
  private final PendingWrites pending;
  private final Conflicts conflicts;
  private final OwnVersions own;

  CarefulWrites(Step step, PendingWrites pending, Conflicts conflicts, OwnVersions own) {
    this.step = step;
    this.pending = pending;
    this.conflicts = conflicts;
    this.own = own;
  }

  /// A write that is to be queued, with what it rests on.
  QueuedWrite based(WriteKey key, Draft draft) {
    Long expected = draft.expectedVersion();
    if (expected == null) {
      return QueuedWrite.fresh(key, draft, null);
    }
    EntityView now = step.view(draft.entity());
    List<QueuedWrite> ahead = pending.of(draft.entity());
    KnownEntity known = step.known(draft.entity());
    long version = known == null ? 0 : known.version();
    EntityView then = draft.seen();
    boolean nobodyElse =
        then == null ? isShown(draft, expected, now, version) : isShown(then, ahead, known);
    if (nobodyElse) {
      return QueuedWrite.fresh(
          key,
          draft.expecting(version),
          now == null ? null : now.data(),
          ahead.isEmpty() ? 0 : ahead.getLast().number());
    }
    return then == null
        ? QueuedWrite.fresh(key, draft, expected == 0 || now == null ? null : now.data())
        : stale(key, draft, then, ahead);
  }

  /// Whether what is shown now differs from what was seen by this device's own writes alone.
  private boolean isShown(EntityView then, List<QueuedWrite> ahead, @Nullable KnownEntity known) {
    long from = then.knownVersion();
    if (known == null) {
      return from == 0 && !ahead.isEmpty();
    }
    boolean same = from == known.version() && then.syncId() == known.syncId();
    return same || own.lead(then.key(), from, known.version());
  }

  /// The same of a version that was named without what was seen: of those that are shown, and of
  /// those of this device's own.
  private boolean isShown(Draft draft, long expected, @Nullable EntityView now, long version) {
    if (now == null || expected == 0) {
      return now == null && expected == 0;
    }
    boolean shown = version <= expected && expected <= now.version();
    return shown || own.lead(draft.entity(), expected, version);
  }

  /// Somebody else has written since: the server is to say so. It is told the version that it had
  /// said itself; the one that is shown counts pending writes and may be theirs by now. What was
  /// seen has this device's own later writes in it, for these are not theirs either.
  private static QueuedWrite stale(
      WriteKey key, Draft draft, EntityView then, List<QueuedWrite> ahead) {
    List<QueuedWrite> since =
        ahead.stream().filter(write -> write.number() > then.lastWrite()).toList();
    return QueuedWrite.fresh(
        key, draft.expecting(then.knownVersion()), Overlay.laid(then.data(), since));
  }

  /// The next write of a scope that may be sent; null = there is none, or it has to wait, and all
  /// behind it with it.
  ///
  /// @param behind the place of the one before it; 0 = the first
  @Nullable QueuedWrite next(FollowedScope scope, long behind) {
    QueuedWrite write = pending.unansweredBehind(scope.name, behind);
    while (write != null && !waits(write, scope)) {
      QueuedWrite ready = write.restsOn() == 0 ? write : takeTurn(write);
      if (ready != null) {
        return ready;
      }
      write = pending.unansweredBehind(scope.name, behind);
    }
    return null;
  }

  private boolean waits(QueuedWrite write, FollowedScope scope) {
    if (write.isCareful() && scope.isUnproven) {
      return true;
    }
    if (pending.hasCareful(
        write.entity())) { // there are none as a rule, and plain ones by thousands
      for (QueuedWrite earlier : pending.ahead(write)) {
        if (!earlier.isAccepted() && (write.isCareful() || earlier.isCareful())) {
          return true;
        }
      }
    }
    boolean isTold = scope.state != ScopeState.REFUSED;
    return write.restsOn() != 0 && isTold && !isKnown(write, pending.lastAhead(write));
  }

  /// Whether what the last accepted write of an entity was laid over is known here: the change of
  /// somebody else, over which a plain write went, may still be under way.
  private boolean isKnown(QueuedWrite write, @Nullable QueuedWrite last) {
    EntityView stands = stands(write);
    return last == null
        || last.draft().action() == Action.DELETE
        || Overlay.contains(step.known(write.entity()), last)
        || (stands != null && stands.version() == last.acceptedVersion());
  }

  /// The entity as it stands before a write: what the server told, with the writes of this device
  /// on top that are ahead of it; null = it does not live.
  @Nullable EntityView stands(QueuedWrite write) {
    EntityKey entity = write.entity();
    return Overlay.view(entity, step.known(entity), List.copyOf(pending.ahead(write)));
  }

  /// Everything before a write is answered.
  ///
  /// @return what is to be sent in its place; null = it is given up
  private @Nullable QueuedWrite takeTurn(QueuedWrite write) {
    EntityView stands = stands(write);
    QueuedWrite last = pending.lastAhead(write);
    if (last != null && !isKnown(write, last)) {
      QueuedWrite blind = write.expecting(last.acceptedVersion()); // nothing is told of the scope
      step.replace(blind);
      return blind;
    }
    if (!Objects.equals(stands == null ? null : stands.data(), write.seen())) {
      return conflicts.decide(write, stands);
    }
    QueuedWrite ready = write.expecting(stands == null ? 0 : stands.version());
    step.replace(ready);
    return ready;
  }

  /// A write is about to leave without an effect: what was written on it was written on what is
  /// there without it.
  void refused(QueuedWrite refused) {
    JsonObject without = stands(refused) instanceof EntityView stands ? stands.data() : null;
    JsonObject with = Overlay.laid(without, List.of(refused));
    for (QueuedWrite later : pending.of(refused.entity())) {
      if (later.number() <= refused.number()) {
        continue;
      }
      if (later.restsOn() > 0 && Objects.equals(later.seen(), with)) {
        step.replace(later.seeing(without));
      }
      with = Overlay.laid(with, List.of(later));
      without = Overlay.laid(without, List.of(later));
    }
  }

  /// The server has another history than the one in which versions of a scope were seen. A write
  /// that may have been sent already keeps what it expects: under its key it can be answered only
  /// as it was.
  void historyIsLost(FollowedScope scope) {
    own.forget(scope.name);
    for (QueuedWrite write : List.copyOf(pending.unanswered(scope.name))) {
      if (write.isCareful() && write.restsOn() == 0 && !pending.wasSent(write.number())) {
        step.replace(write.onLostHistory());
      }
    }
  }
}
