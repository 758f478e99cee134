package dev.anabranch.client.session;

/// The states of a device's line to its server, and when something is to be done about it.
final class Line {

  /// What a look at the line finds.
  enum Health {
    FINE,
    /// Nothing was heard for a while: ask.
    SILENT,
    /// Nothing was heard for too long: give it up.
    DEAD
  }

  private static final int CLOSE_NORMAL = 1000;
  private static final int CLOSE_PROTOCOL_ERROR = 1002;

  private final Step step;
  private final SessionLimits limits;
  private final Backoff backoff;
  private LineState state = LineState.OFFLINE;
  private long link;
  private long dialAt;
  private long heardAt;
  private boolean pinged;

  Line(Step step, SessionLimits limits, Backoff backoff) {
    this.step = step;
    this.limits = limits;
    this.backoff = backoff;
  }

  LineState state() {
    return state;
  }

  long link() {
    return link;
  }

  /// Whether something of this link counts.
  boolean is(long number, LineState expected) {
    return number == link && state == expected;
  }

  void dial() {
    link++;
    enter(LineState.DIALLING, "");
    step.ask(new Effect.Dial(link));
  }

  /// A dialled link is open.
  ///
  /// @return whether it is wanted
  boolean opened(long dialled) {
    if (!is(dialled, LineState.DIALLING)) {
      step.ask(new Effect.HangUp(dialled, CLOSE_NORMAL, "not wanted any more"));
      return false;
    }
    heard();
    enter(LineState.CONNECTED, "");
    return true;
  }

  void heard() {
    heardAt = step.now();
    pinged = false;
  }

  /// The line has shown that it works: the next wait is short.
  void proven() {
    backoff.succeeded();
  }

  /// There is no link, and none is wanted.
  void offline() {
    if (state == LineState.DIALLING || state == LineState.CONNECTED) {
      step.ask(new Effect.HangUp(link, CLOSE_NORMAL, "going offline"));
    }
    enter(LineState.OFFLINE, "");
  }

  /// There is no link any more; another one is dialled later.
  void lost(String why) {
    dialAt = step.now() + backoff.failed();
    enter(LineState.WAITING, why);
  }

  /// The link is of no use any more.
  void breakOff(String how) {
    step.ask(new Effect.HangUp(link, CLOSE_PROTOCOL_ERROR, how));
    lost(how);
  }

  /// Whether the wait is over.
  boolean isDue() {
    return state == LineState.WAITING && step.now() >= dialAt;
  }

  Health look() {
    if (step.now() >= heardAt + limits.deadAfterMillis()) {
      return Health.DEAD;
    }
    boolean silent = !pinged && step.now() >= heardAt + limits.pingAfterMillis();
    pinged = pinged || silent;
    return silent ? Health.SILENT : Health.FINE;
  }

  /// When to look again.
  long nextAt() {
    return switch (state) {
      case WAITING -> dialAt;
      case CONNECTED -> heardAt + (pinged ? limits.deadAfterMillis() : limits.pingAfterMillis());
      case OFFLINE, DIALLING -> FollowedScope.NEVER;
    };
  }

  private void enter(LineState next, String detail) {
    boolean changed = state != next || !detail.isEmpty();
    state = next;
    if (changed) {
      step.tell(new Notice.LineChanged(next, detail));
    }
  }
}
