package dev.anabranch.kernel.follow;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The way of one follower from its cursor into the present: catch-up, then live, with no hole
/// between (K5).
///
/// ```
///           page, more to read                  announced, not ready
///            ┌──────┐                      ┌───────────────────────────┐
///            ▼      │   page, up to date   │                           ▼
///  ──▶  READING ────┴──────────────────▶ LIVE                        PAUSED
///       ▲    ▲  ▲       a hole, or doubted │                         │ ▲
///       │    │  └──────────────────────────┘           resume        │ │
///       │    └───────────────────────────────────────────────────────┘ │
///       └──────────────── page due or come, not ready ─────────────────┘
///                        refetch, access changed, cancel: ENDED
/// ```
///
/// Two facts make it whole. The owner registers this follower for announcements *before* it asks
/// for the first page, so nothing committed later is missed; and an announcement that does not
/// begin right after the last seq told is never told: the follower goes back to reading. A slow
/// follower keeps no queue here, only its cursor (K11): it is asked for room before a page is read
/// and again when the page has come, for others may have taken the room meanwhile. A page that
/// finds none is dropped, and read again from the cursor.
///
/// Confined to the follower's thread.
public final class Following {

  private enum State {
    READING,
    LIVE,
    PAUSED,
    ENDED
  }

  /// What the owner is to do next.
  public enum Step {
    /// Read the next page after [Following#cursor], unless [Following#mayRead] says no when it is
    /// its turn, and bring it to [Following#page].
    READ,
    /// Nothing; announcements or `resume` come.
    WAIT,
    /// Forget this follower.
    END
  }

  private final Follower follower;
  private final Set<String> grantees;
  private final long rightsSeq;
  private State state = State.READING;
  private long cursor;
  private long toldSeq = -1;
  private long announcedSeq;
  private boolean doubted;
  private boolean everCaughtUp;

  /// A follower at its start; the first step is to read.
  ///
  /// @param cursor the id up to which it has everything
  /// @param names whose rights count: every name of one principal
  /// @param rightsSeq the scope's seq when those rights were looked up: later changes of them end
  ///   the following (K8)
  public Following(Follower follower, long cursor, Set<PrincipalId> names, long rightsSeq) {
    this.follower = Objects.requireNonNull(follower);
    this.grantees =
        Stream.concat(names.stream(), Stream.of(Authorizer.ANYONE))
            .map(PrincipalId::text)
            .collect(Collectors.toUnmodifiableSet());
    this.cursor = cursor;
    this.rightsSeq = rightsSeq;
  }

  /// The id up to which everything was told.
  public long cursor() {
    return cursor;
  }

  /// Whether the page that is due may be read now: not when its follower has no room for it, nor
  /// when none is due any more. After a no, `resume` comes.
  public boolean mayRead() {
    if (state == State.READING && !follower.isReady()) {
      state = State.PAUSED;
    }
    return state == State.READING;
  }

  /// A page that was asked for has come.
  public Step page(Reading reading) {
    if (state != State.READING) {
      return rest();
    }
    return switch (reading) {
      case Reading.Refetch(RefetchReason reason) -> refetch(reason);
      case Reading.Page page -> page(page);
    };
  }

  private Step page(Reading.Page page) {
    if (toldSeq >= 0 && page.afterSeq() != toldSeq) {
      return refetch(RefetchReason.CURSOR_BEHIND_RETENTION);
    }
    if (!follower.isReady()) {
      doubted = false;
      return pause();
    }
    toldSeq = page.afterSeq();
    if (!page.changes().isEmpty()) {
      try (Announcement next = new Announcement(page.changes())) {
        tell(next);
      }
    }
    if (state == State.ENDED) {
      return Step.END;
    }
    if (page.isUpToDate() && announcedSeq <= toldSeq && !doubted) {
      return live();
    }
    doubted = false;
    return Step.READ;
  }

  private Step live() {
    state = State.LIVE;
    if (!everCaughtUp) {
      everCaughtUp = true;
      follower.caughtUp(cursor);
    }
    return Step.WAIT;
  }

  /// Changes were committed in the scope. Told only when they follow without a hole.
  public Step announced(Announcement next) {
    announcedSeq = Math.max(announcedSeq, next.last().seq());
    if (state != State.LIVE || next.last().seq() <= toldSeq) {
      return rest();
    }
    if (next.first().seq() != toldSeq + 1) {
      state = State.READING;
      return Step.READ;
    }
    if (!follower.isReady()) {
      return pause();
    }
    tell(next);
    return rest();
  }

  /// Something may have been committed that was not announced, as after a store was opened again.
  public Step doubted() {
    if (state != State.LIVE) {
      doubted = state == State.READING; // the page under way may be older than the doubt
      return rest();
    }
    state = State.READING;
    return Step.READ;
  }

  /// The follower is ready again.
  public Step resumed() {
    if (state != State.PAUSED) {
      return rest();
    }
    state = State.READING;
    return Step.READ;
  }

  /// The follower wants nothing more.
  public void cancelled() {
    state = State.ENDED;
  }

  private Step rest() {
    return state == State.ENDED ? Step.END : Step.WAIT;
  }

  private Step pause() {
    state = State.PAUSED;
    return Step.WAIT;
  }

  private Step refetch(RefetchReason reason) {
    state = State.ENDED;
    follower.refetch(reason);
    return Step.END;
  }

  private void tell(Announcement next) {
    int revoked = revokedAt(next);
    if (revoked < 0) {
      follower.changes(next);
      told(next.last());
      return;
    }
    List<Change> upToRevocation = next.changes().subList(0, revoked + 1);
    try (Announcement allowed = new Announcement(upToRevocation)) {
      follower.changes(allowed);
    }
    told(upToRevocation.getLast());
    if (state != State.ENDED) {
      refetch(RefetchReason.ACCESS_CHANGED);
    }
  }

  private void told(Change last) {
    toldSeq = last.seq();
    cursor = last.id();
  }

  /// The index of the first change that touches this principal's rights after they were looked up;
  /// −1 = none.
  private int revokedAt(Announcement next) {
    for (Change grant : next.grants()) {
      if (grant.seq() > rightsSeq && grantees.contains(grant.entity().id().text())) {
        return Math.toIntExact(grant.seq() - next.first().seq());
      }
    }
    return -1;
  }
}
