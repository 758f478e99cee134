package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.replica.StagedDifference;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.client.ScopeConnection;
import dev.anabranch.protocol.scope.client.ScopeListener;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One device: its local copy, its queue of writes, its line to the server.
///
/// ```
///            goOnline                opened
///  OFFLINE ───────────▶ DIALLING ──────────────▶ CONNECTED
///     ▲                  ▲     │ unreachable        │ closed, silent, broken
///     │ goOffline        │     ▼                    │
///     └── from all       └── WAITING ◀──────────────┘
///                   alarm, or goOnline at once
/// ```
///
/// One step is: [#begin] inside a transaction of the local copy, any number of calls that say what
/// happened, [#end]. When the transaction is durable the effects are carried out. If it fails, this
/// object is thrown away: a new one on the same copy knows everything that counts.
///
/// Confined to one thread. The package says which laws it keeps.
public final class ReplicaSession {

  private static final int CLOSE_NORMAL = 1000;
  private static final int CLOSE_PROTOCOL_ERROR = 1002;
  private static final int CLOSE_TOO_LARGE = 1009;
  private static final int KEY_BYTES = 16;

  private final SessionLimits limits;
  private final ConflictRule conflictRule;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final PendingWrites pending = new PendingWrites();
  private final KnownEntities known = new KnownEntities();
  private final Views views = new Views(pending, known);
  private final Presences presences = new Presences();
  private final Map<ScopeName, FollowedScope> scopes = new TreeMap<>();
  private final Pushes pushes;
  private final List<Effect> effects = new ArrayList<>();

  private @Nullable ReplicaTransaction open;
  private long now;
  private boolean loaded;
  private LineState line = LineState.OFFLINE;
  private long link;
  private @Nullable ScopeConnection connection;
  private long dialAt = FollowedScope.NEVER;
  private long heardAt;
  private boolean pinged;
  private long wakeAt = FollowedScope.NEVER;

  /// A session that is offline.
  ///
  /// @param conflictRule decides over conflicts
  /// @param random makes keys and jitter
  public ReplicaSession(SessionLimits limits, ConflictRule conflictRule, RandomGenerator random) {
    this.limits = Objects.requireNonNull(limits);
    this.conflictRule = Objects.requireNonNull(conflictRule);
    this.random = Objects.requireNonNull(random);
    this.backoff = backoff();
    this.pushes = new Pushes(limits, pending);
  }

  private Backoff backoff() {
    return new Backoff(limits.backoffFirstMillis(), limits.backoffMaxMillis(), random);
  }

  // The step.

  /// A step begins.
  ///
  /// @param replica the local copy; valid until [#end]
  /// @param nowMillis milliseconds since 1970
  public void begin(ReplicaTransaction replica, long nowMillis) {
    open = replica;
    now = nowMillis;
    if (!loaded) {
      loaded = true;
      replica.pending().forEach(pending::put);
      replica.cursors().forEach(cursor -> followed(cursor.scope()).reached = cursor.lastId());
    }
  }

  /// The step ends: what the outside is to do, in order.
  public List<Effect> end() {
    scopes.values().forEach(this::push);
    views.changes(replica()).forEach(this::tell);
    known.forget();
    long next = nextAlarm();
    if (next != wakeAt) {
      wakeAt = next;
      effects.add(new Effect.Wake(next));
    }
    open = null;
    List<Effect> asked = List.copyOf(effects);
    effects.clear();
    return asked;
  }

  private ReplicaTransaction replica() {
    return Objects.requireNonNull(open, "no step is under way");
  }

  private void tell(Notice notice) {
    effects.add(new Effect.Tell(notice));
  }

  // What can be asked at any time.

  /// How the device stands to its server.
  public LineState line() {
    return line;
  }

  /// How far a scope's copy is.
  public ScopeState state(ScopeName scope) {
    FollowedScope followed = scopes.get(scope);
    return followed == null ? ScopeState.STALE : followed.state;
  }

  /// The id of the last change that a scope's copy covers; 0 = nothing was fetched yet.
  public long reached(ScopeName scope) {
    FollowedScope followed = scopes.get(scope);
    return followed == null ? 0 : followed.reached;
  }

  /// How many writes the server has not confirmed.
  public int pendingCount() {
    return pending.size();
  }

  /// Whether nothing is under way: every write confirmed, every scope live.
  public boolean isQuiet() {
    return pending.size() == 0
        && scopes.values().stream().allMatch(scope -> scope.state == ScopeState.LIVE);
  }

  // What users do.

  /// The user wants a line; a wait for the next attempt ends.
  public void goOnline() {
    if (line == LineState.OFFLINE || line == LineState.WAITING) {
      dial();
    }
  }

  /// The user wants no line; writes are queued, reads go on.
  public void goOffline() {
    if (line == LineState.DIALLING || line == LineState.CONNECTED) {
      effects.add(new Effect.HangUp(link, CLOSE_NORMAL, "going offline"));
    }
    unlink();
    enter(LineState.OFFLINE, "");
  }

  /// The user wants a scope; it is followed from now on, after a restart too.
  public void follow(ScopeName scope) {
    if (replica().cursor(scope).isEmpty()) {
      replica().place(ScopeCursor.start(scope));
    }
    FollowedScope followed = followed(scope);
    if (connection != null && followed.state == ScopeState.STALE) {
      subscribe(followed);
    }
  }

  /// How many more writes the queue takes.
  public int room() {
    return limits.pendingMax() - pending.size();
  }

  /// The user writes: queued, shown, and on its way when there is a line.
  ///
  /// @return the write at its place; null = the queue is full
  public @Nullable QueuedWrite write(Draft draft) {
    if (room() < 1) {
      return null;
    }
    if (!scopes.containsKey(draft.entity().scope())) {
      follow(draft.entity().scope());
    }
    return enqueue(draft);
  }

  private QueuedWrite enqueue(Draft draft) {
    views.touch(replica(), draft.entity());
    EntityView seen = draft.expectedVersion() == null ? null : views.of(replica(), draft.entity());
    QueuedWrite write =
        replica().enqueue(QueuedWrite.fresh(freshKey(), draft, seen == null ? null : seen.data()));
    pending.put(write);
    return write;
  }

  private WriteKey freshKey() {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return new WriteKey(HexFormat.of().formatHex(bytes));
  }

  /// The user says something of this device, until it says otherwise; null = it is gone.
  ///
  /// @param ttlMillis after how long without a line others forget it
  public void present(ScopeName scope, String topic, @Nullable JsonObject value, long ttlMillis) {
    presences.say(new Presences.Spot(scope, topic), value, ttlMillis, now);
    if (connection != null && state(scope) != ScopeState.STALE) {
      connection.present(scope, topic, replica().device(), value, ttlMillis);
    }
  }

  // What the line does.

  /// A link that was dialled is open.
  public void opened(long dialled) {
    if (dialled != link || line != LineState.DIALLING) {
      effects.add(new Effect.HangUp(dialled, CLOSE_NORMAL, "not wanted any more"));
      return;
    }
    heardAt = now;
    pinged = false;
    connection =
        new ScopeConnection(
            message -> effects.add(new Effect.Send(dialled, message)), new Listening());
    enter(LineState.CONNECTED, "");
    for (FollowedScope scope : scopes.values()) {
      scope.acceptedEarlier =
          pending.accepted(scope.name).stream().map(QueuedWrite::number).toList();
      subscribe(scope);
    }
  }

  /// A link could not be opened.
  public void unreachable(long dialled, String why) {
    if (dialled == link && line == LineState.DIALLING) {
      redialLater(why);
    }
  }

  /// A link has ended.
  public void closed(long ended, int code, String reason) {
    if (ended == link && line == LineState.CONNECTED) {
      if (code == CLOSE_TOO_LARGE) {
        pushes.tooLarge(scopes.values());
      }
      redialLater(code + (reason.isEmpty() ? "" : " " + reason));
    }
  }

  /// A message came over a link.
  public void heard(long from, ScopeMessage.ToClient message) {
    if (from == link && connection != null) {
      heardAt = now;
      pinged = false;
      connection.receive(message);
    }
  }

  /// Something came over a link that is no message.
  public void garbled(long from, String how) {
    if (from == link && connection != null) {
      breakOff(how);
    }
  }

  /// The time has come that [Effect.Wake] named.
  public void ring() {
    wakeAt = FollowedScope.NEVER;
    if (line == LineState.WAITING && now >= dialAt) {
      dial();
    }
    presences.expire(now).forEach(this::tellPresence);
    if (connection != null) {
      attend(connection);
    }
  }

  private void attend(ScopeConnection linked) {
    if (now >= heardAt + limits.deadAfterMillis()) {
      breakOff("nothing was heard for " + (now - heardAt) + " ms");
      return;
    }
    if (!pinged && now >= heardAt + limits.pingAfterMillis()) {
      pinged = true;
      linked.ping();
    }
    for (FollowedScope scope : scopes.values()) {
      if (now >= scope.followAt) {
        subscribe(scope);
      }
    }
    presences
        .due(now)
        .forEach((spot, own) -> present(spot.scope(), spot.topic(), own.value(), own.ttlMillis()));
  }

  private long nextAlarm() {
    if (line == LineState.WAITING) {
      return Math.min(dialAt, presences.nextAt());
    }
    if (connection == null) {
      return FollowedScope.NEVER;
    }
    long next = heardAt + (pinged ? limits.deadAfterMillis() : limits.pingAfterMillis());
    for (FollowedScope scope : scopes.values()) {
      next = Math.min(next, scope.followAt);
      if (scope.pushAt > now) {
        next = Math.min(next, scope.pushAt);
      }
    }
    return Math.min(next, presences.nextAt());
  }

  private void dial() {
    link++;
    enter(LineState.DIALLING, "");
    effects.add(new Effect.Dial(link));
  }

  private void redialLater(String why) {
    unlink();
    dialAt = now + backoff.failed();
    enter(LineState.WAITING, why);
  }

  private void breakOff(String how) {
    effects.add(new Effect.HangUp(link, CLOSE_PROTOCOL_ERROR, how));
    redialLater(how);
  }

  private void unlink() {
    connection = null;
    pushes.unlinked();
    for (FollowedScope scope : scopes.values()) {
      scope.unlinked();
      tellScope(scope);
    }
    presences.unlinked().forEach(this::tellPresence);
  }

  private void enter(LineState next, String detail) {
    boolean changed = line != next || !detail.isEmpty();
    line = next;
    if (changed) {
      tell(new Notice.LineChanged(next, detail));
    }
  }

  // Scopes.

  private FollowedScope followed(ScopeName name) {
    return scopes.computeIfAbsent(
        name, scope -> new FollowedScope(scope, backoff(), limits.pushWritesMax()));
  }

  private void subscribe(FollowedScope scope) {
    ScopeCursor cursor =
        replica().cursor(scope.name).orElseGet(() -> ScopeCursor.start(scope.name));
    scope.followAt = FollowedScope.NEVER;
    scope.fetched = 0;
    enter(scope, cursor.lastId() == 0 ? ScopeState.FETCHING : ScopeState.CATCHING_UP, "");
    Objects.requireNonNull(connection).follow(scope.name, cursor.lastId(), cursor.lastSeq());
    presences
        .own(scope.name)
        .forEach((spot, own) -> present(spot.scope(), spot.topic(), own.value(), own.ttlMillis()));
  }

  private void enter(FollowedScope scope, ScopeState state, String detail) {
    scope.state = state;
    scope.detail = detail;
    tellScope(scope);
  }

  private void tellScope(FollowedScope scope) {
    tell(new Notice.ScopeChanged(scope.name, scope.state, scope.fetched, scope.detail));
  }

  private void tellPresence(ScopeName scope) {
    tell(new Notice.PresenceChanged(scope, presences.in(scope)));
  }

  /// Everything up to a change is known: writes that became changes up to it need no overlay.
  private void reach(ScopeCursor cursor) {
    replica().place(cursor);
    followed(cursor.scope()).reached = cursor.lastId();
    for (QueuedWrite accepted : pending.accepted(cursor.scope())) {
      if (accepted.acceptedId() <= cursor.lastId()) {
        drop(accepted);
      }
    }
  }

  /// The server has not, or not any more, what it once accepted: it is sent again, under the same
  /// key.
  private void acceptedNoMore(QueuedWrite write) {
    views.touch(replica(), write.entity());
    replica().accept(write.number(), 0);
    pending.put(write.accepted(0));
  }

  // Writes.

  private void push(FollowedScope scope) {
    if (connection == null || now < scope.pushAt) {
      return;
    }
    for (QueuedWrite sent : pushes.next(scope, connection, replica().device())) {
      tell(new Notice.WriteSent(sent));
    }
  }

  private void drop(QueuedWrite write) {
    views.touch(replica(), write.entity());
    replica().drop(write.number());
    pending.remove(write.number());
  }

  private void settle(QueuedWrite write, WriteOutcome outcome) {
    tell(new Notice.WriteSettled(write, outcome));
  }

  /// Takes the answer to a write; false = it is to be sent again later.
  private boolean answer(QueuedWrite write, PushOutcome outcome) {
    switch (outcome.result()) {
      case PushOutcome.Applied applied -> accept(write, applied.syncId(), applied.version());
      case PushOutcome.Conflict conflict -> resolve(write, conflict.current());
      case PushOutcome.Refused(String code, String detail) -> {
        if (isForAWhile(code)) {
          return false;
        }
        drop(write);
        settle(write, new WriteOutcome.Refused(code, detail));
      }
    }
    return true;
  }

  /// Whether the same write can be taken later, or by a link with a better token; it stays queued.
  private static boolean isForAWhile(String code) {
    return ScopeFault.ofCode(code)
        .filter(fault -> fault.isTransient() || fault == ScopeFault.UNAUTHENTICATED)
        .isPresent();
  }

  private void accept(QueuedWrite write, long changeId, long version) {
    settle(write, new WriteOutcome.Applied(changeId, version));
    if (changeId <= reached(write.scope())) {
      drop(write);
    } else {
      replica().accept(write.number(), changeId);
      pending.put(write.accepted(changeId));
    }
  }

  /// What stands there is known with the answer already, so that the view goes from mine to theirs
  /// and not by way of what was before. A repeated answer may not name it: then what is known
  /// counts.
  private void resolve(QueuedWrite write, @Nullable SyncRecord current) {
    EntityKey key = write.entity();
    views.touch(replica(), key);
    KnownEntity stands = known.get(replica(), key);
    if (current != null && current.syncId() > newest(key, stands)) {
      stands = current.deleted() ? null : Fold.known(key.model(), current);
      known.set(replica(), key, stands);
    }
    drop(write);
    Conflict conflict =
        stands == null
            ? Conflict.of(write, null, 0)
            : Conflict.of(write, stands.data(), stands.version());
    settle(write, new WriteOutcome.Conflicted(conflict, rewrite(conflict)));
  }

  /// The id up to which everything about an entity is known.
  private long newest(EntityKey key, @Nullable KnownEntity stands) {
    long reached = reached(key.scope());
    return stands == null ? reached : Math.max(reached, stands.syncId());
  }

  private @Nullable WriteKey rewrite(Conflict conflict) {
    return switch (resolution(conflict)) {
      case Resolution.KeepTheirs ignored -> null;
      case Resolution.Rewrite rewrite ->
          enqueue(
                  new Draft(
                      conflict.write().entity(),
                      rewrite.action(),
                      rewrite.data(),
                      conflict.theirVersion()))
              .key();
    };
  }

  private Resolution resolution(Conflict conflict) {
    try {
      return conflictRule.resolve(conflict);
    } catch (RuntimeException thrown) {
      tell(new Notice.Trouble("the conflict rule failed, theirs is kept: " + thrown));
      return conflict.keepTheirs();
    }
  }

  private void change(SyncEvent event) {
    EntityKey key = Fold.entity(event);
    views.touch(replica(), key);
    recogniseEcho(event);
    KnownEntity before = known.get(replica(), key);
    KnownEntity after = Fold.after(before, event);
    if (!Objects.equals(after, before)) {
      known.set(replica(), key, after);
    }
  }

  private void recogniseEcho(SyncEvent event) {
    boolean ours = event.device() == null || event.device().equals(replica().device());
    QueuedWrite write =
        ours && event.key() != null ? pending.named(event.scope(), event.key()) : null;
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
    views.touch(replica(), write.entity());
    replica().decide(write.number());
    pending.put(write.decidedUnanswered());
  }

  /// What comes over the connection.
  private final class Listening implements ScopeListener {

    @Override
    public void snapshotPart(
        ScopeName scope, Map<ModelName, List<SyncRecord>> models, boolean first) {
      FollowedScope followed = followed(scope);
      if (first) {
        replica().unstage(scope);
        followed.fetched = 0;
      }
      models.forEach((model, records) -> {
        List<KnownEntity> entities =
            records.stream()
                .filter(record -> !record.deleted() && record.scope().equals(scope))
                .map(record -> Fold.known(model, record))
                .toList();
        replica().stage(entities);
        followed.fetched += entities.size();
      });
      enter(followed, ScopeState.FETCHING, followed.detail);
    }

    @Override
    public void snapshotEnds(ScopeName scope, long lastId) {
      for (StagedDifference difference : replica().stagedDifferences(scope)) {
        known.learn(difference.key(), difference.known());
        views.touch(replica(), difference.key());
        known.learn(difference.key(), difference.staged());
      }
      replica().adoptStaged(scope);
      reach(new ScopeCursor(scope, lastId, ScopeCursor.SEQ_UNKNOWN));
      enter(followed(scope), ScopeState.CATCHING_UP, "");
    }

    @Override
    public void changed(ScopeName scope, List<SyncEvent> events) {
      events.forEach(ReplicaSession.this::change);
      reach(new ScopeCursor(scope, events.getLast().id(), events.getLast().seq()));
    }

    @Override
    public void live(ScopeName name) {
      backoff.succeeded();
      FollowedScope scope = followed(name);
      for (long number : scope.acceptedEarlier) {
        QueuedWrite write = pending.get(number);
        if (write != null && write.isAccepted()) {
          acceptedNoMore(write);
        }
      }
      scope.acceptedEarlier = List.of();
      enter(scope, ScopeState.LIVE, "");
    }

    @Override
    public void refetching(ScopeName scope, RefetchReason reason) {
      if (reason == RefetchReason.CURSOR_AHEAD || reason == RefetchReason.EPOCH) {
        pending.accepted(scope).forEach(ReplicaSession.this::acceptedNoMore);
      }
      enter(followed(scope), ScopeState.FETCHING, reason.word());
    }

    @Override
    public void pushed(Ref ref, List<PushOutcome> outcomes) {
      FollowedScope scope = pushes.answered(ref, scopes.values());
      List<Long> numbers = pushes.sent(ref);
      if (outcomes.size() != numbers.size()) {
        breakOff(outcomes.size() + " outcomes for " + numbers.size() + " writes");
        return;
      }
      boolean later = false;
      for (int index = 0; index < outcomes.size(); index++) {
        QueuedWrite write = pending.get(numbers.get(index));
        if (write != null && !write.isAccepted()) {
          later |= !answer(write, outcomes.get(index));
        }
      }
      if (later) {
        scope.pushAt = now + scope.backoff.failed();
      } else {
        scope.backoff.succeeded();
        scope.pushWritesMax = limits.pushWritesMax();
      }
    }

    @Override
    public void pushRefused(Ref ref, ScopeMessage.ErrorAnswer why) {
      FollowedScope scope = pushes.answered(ref, scopes.values());
      List<Long> numbers = pushes.sent(ref);
      if (why.retryAfterMillis() > 0 || isForAWhile(why.code())) {
        scope.pushAt = now + Math.max(why.retryAfterMillis(), scope.backoff.failed());
      } else if (numbers.size() > 1) {
        scope.pushWritesMax = numbers.size() / 2;
      } else {
        for (long number : numbers) {
          refuse(number, why);
        }
      }
    }

    private void refuse(long number, ScopeMessage.ErrorAnswer why) {
      QueuedWrite write = pending.get(number);
      if (write != null && !write.isAccepted()) {
        drop(write);
        settle(write, new WriteOutcome.Refused(why.code(), why.detail()));
      }
    }

    @Override
    public void followRefused(ScopeName name, ScopeMessage.ErrorAnswer why) {
      FollowedScope scope = followed(name);
      if (why.retryAfterMillis() > 0 || isForAWhile(why.code())) {
        scope.followAt = now + Math.max(why.retryAfterMillis(), scope.backoff.failed());
      }
      enter(scope, ScopeState.REFUSED, why.detail());
    }

    @Override
    public void present(ScopeMessage.PresenceOf said) {
      if (said.device().equals(replica().device().text())) {
        return;
      }
      if (presences.hear(said, now)) {
        tellPresence(said.scope());
      }
    }

    @Override
    public void trouble(ScopeMessage.ErrorAnswer why) {
      tell(new Notice.Trouble(why.code() + ": " + why.detail()));
      if (why.code().equals(ScopeFault.MALFORMED.code())) {
        pushes.tooLarge(scopes.values()); // a frame of ours was not read: nothing answers it
        breakOff(why.detail());
      }
    }

    @Override
    public void broken(String how, @Nullable ScopeName scope) {
      breakOff(scope == null ? how : scope + ": " + how);
    }
  }
}
