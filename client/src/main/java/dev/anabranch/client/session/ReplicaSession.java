package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.replica.StagedDifference;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.link.Turns;
import dev.anabranch.protocol.scope.client.ScopeConnection;
import dev.anabranch.protocol.scope.client.ScopeListener;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
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

  private static final int CLOSE_TOO_LARGE = 1009;

  /// After how long a scope that this device may not read is asked for again.
  static final long FORBIDDEN_RETRY_MILLIS = 60_000;

  private final SessionLimits limits;
  private final RandomGenerator random;
  private final PendingWrites pending = new PendingWrites();
  private final Step step = new Step(pending);
  private final Documents documents;
  private final CarefulWrites careful;
  private final WriteQueue queue;
  private final Pushes pushes;
  private final Turns turns = new Turns();
  private final Line line;
  private final Presences presences = new Presences();
  private final Map<ScopeName, FollowedScope> scopes = new TreeMap<>();
  private @Nullable ScopeConnection connection;
  private boolean loaded;
  private long wakeAt = FollowedScope.NEVER;

  /// A session that is offline.
  ///
  /// @param conflictRule decides over conflicts
  /// @param random makes keys and jitter
  public ReplicaSession(SessionLimits limits, ConflictRule conflictRule, RandomGenerator random) {
    this.limits = Objects.requireNonNull(limits);
    this.random = Objects.requireNonNull(random);
    this.documents = new Documents(step, pending, random);
    FreshKeys keys = new FreshKeys(random);
    OwnVersions own = new OwnVersions();
    Conflicts conflicts = new Conflicts(step, Objects.requireNonNull(conflictRule), keys);
    this.careful = new CarefulWrites(step, pending, conflicts, own);
    this.queue = new WriteQueue(step, pending, documents, careful, conflicts, own, keys);
    this.pushes = new Pushes(limits, careful);
    this.line = new Line(step, limits, backoff());
  }

  private Backoff backoff() {
    return new Backoff(limits.backoffFirstMillis(), limits.backoffMaxMillis(), random);
  }

  // The step.

  /// A step begins.
  ///
  /// @param replica the local copy; valid until [#end]
  /// @param nowMillis milliseconds on a clock that only goes forward, from 0 or above: for waits
  public void begin(ReplicaTransaction replica, long nowMillis) {
    step.begin(replica, nowMillis);
    if (!loaded) {
      loaded = true;
      replica.pending().forEach(queue::load);
      replica.cursors().forEach(cursor -> followed(cursor.scope()).reached = cursor.lastId());
    }
  }

  /// The step ends: what the outside is to do, in order.
  public List<Effect> end() {
    if (connection != null) {
      turns.next(scopes.values()).forEach(this::push);
    }
    documents.tellChanges();
    step.tellChanges();
    long next = nextAlarm();
    if (next != wakeAt) {
      wakeAt = next;
      step.ask(new Effect.Wake(next));
    }
    return step.end();
  }

  // What can be asked at any time.

  /// How the device stands to its server.
  public LineState line() {
    return line.state();
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

  /// How many more writes the queue takes.
  public int room() {
    return limits.pendingMax() - pending.size();
  }

  /// Whether nothing is under way: every write confirmed, every scope live.
  public boolean isQuiet() {
    return pending.size() == 0
        && scopes.values().stream().allMatch(scope -> scope.state == ScopeState.LIVE);
  }

  // What users do.

  /// The user wants a line; a wait for the next attempt ends.
  public void goOnline() {
    if (line.state() == LineState.OFFLINE || line.state() == LineState.WAITING) {
      line.dial();
    }
  }

  /// The user wants no line; writes are queued, reads go on.
  public void goOffline() {
    unlink();
    line.offline();
  }

  /// The user wants a scope; it is followed from now on, after a restart too. One that was
  /// forbidden, or found no room, is asked for again.
  public void follow(ScopeName scope) {
    if (step.replica().cursor(scope).isEmpty()) {
      step.replica().place(ScopeCursor.start(scope));
    }
    FollowedScope followed = followed(scope);
    boolean unasked =
        followed.state == ScopeState.STALE || followed.isForbidden || followed.isCrowdedOut;
    if (connection != null && unasked) {
      subscribe(followed);
    }
  }

  /// The user wants a scope no more: its copy goes.
  ///
  /// @return false = it holds writes that the server has not confirmed, and stays
  public boolean forget(ScopeName scope) {
    if (pending.holds(scope)) {
      return false;
    }
    if (connection != null) {
      connection.unfollow(scope);
    }
    presences.forget(scope);
    documents.forget(scope);
    FollowedScope left = scopes.remove(scope);
    step.replica().forget(scope);
    if (left != null && left.isFollowed()) {
      letOneIn();
    }
    return true;
  }

  /// A place of the connection is free for one that found none.
  private void letOneIn() {
    if (connection != null) {
      scopes.values().stream()
          .filter(scope -> scope.isCrowdedOut)
          .findFirst()
          .ifPresent(this::subscribe);
    }
  }

  /// The user writes: queued, shown, and on its way when there is a line.
  ///
  /// @return the write at its place; null = the queue is full. An edit of a document has been made
  ///   already, so it is always taken: whoever edits asks [#room] before
  public @Nullable QueuedWrite write(Draft draft) {
    if (room() < 1 && draft.action() != Action.MERGE) {
      return null;
    }
    if (!scopes.containsKey(draft.entity().scope())) {
      follow(draft.entity().scope());
    }
    return queue.enqueue(draft);
  }

  /// The user opens a document; from now on [Notice.DocumentChanged] tells that there is more of
  /// it.
  public OpenedState openDocument(EntityKey document) {
    if (!scopes.containsKey(document.scope())) {
      follow(document.scope());
    }
    return documents.open(document);
  }

  /// The user has a document open no more.
  public void closeDocument(EntityKey document) {
    documents.close(document);
  }

  /// Of which edition an opened document must be for its edits to be written; -1 = it is not open.
  public long edition(EntityKey document) {
    return documents.edition(document);
  }

  /// The user says something of this device, until it says otherwise; null = it is gone.
  ///
  /// @param ttlMillis after how long without a line others forget it
  public void present(ScopeName scope, String topic, @Nullable JsonObject value, long ttlMillis) {
    presences.say(new Presences.Spot(scope, topic), value, ttlMillis, step.now());
    if (connection != null && state(scope) != ScopeState.STALE) {
      connection.present(scope, topic, step.replica().device(), value, ttlMillis);
    }
  }

  // What the line does.

  /// A link that was dialled is open.
  public void opened(long dialled) {
    if (!line.opened(dialled)) {
      return;
    }
    connection =
        new ScopeConnection(
            message -> step.ask(new Effect.Send(dialled, message)), new Listening());
    for (FollowedScope scope : scopes.values()) {
      scope.acceptedEarlier = queue.accepted(scope.name);
      subscribe(scope);
    }
  }

  /// A link could not be opened.
  public void unreachable(long dialled, String why) {
    if (line.is(dialled, LineState.DIALLING)) {
      line.lost(why);
    }
  }

  /// A link has ended.
  public void closed(long ended, int code, String reason) {
    if (line.is(ended, LineState.CONNECTED)) {
      if (code == CLOSE_TOO_LARGE) {
        unread(ScopeFault.TOO_LARGE.code(), reason);
      }
      unlink();
      line.lost(code + (reason.isEmpty() ? "" : " " + reason));
    }
  }

  /// A frame of ours was not read, and nothing answers it: a write that it must have been is
  /// refused.
  private void unread(String code, String detail) {
    long write = pushes.unread(scopes.values());
    if (write >= 0) {
      queue.refuse(write, code, detail);
    }
  }

  /// A message came over a link.
  public void heard(long from, ScopeMessage.ToClient message) {
    if (line.is(from, LineState.CONNECTED) && connection != null) {
      line.heard();
      connection.receive(message);
    }
  }

  /// Something came over a link that is no message.
  public void garbled(long from, String how) {
    if (line.is(from, LineState.CONNECTED)) {
      breakOff(how);
    }
  }

  /// The time has come that [Effect.Wake] named.
  public void ring() {
    wakeAt = FollowedScope.NEVER;
    presences.expire(step.now()).forEach(this::tellPresence);
    if (line.isDue()) {
      line.dial();
    } else if (connection != null) {
      attend(connection);
    }
  }

  private void attend(ScopeConnection linked) {
    switch (line.look()) {
      case DEAD -> {
        breakOff("the server has fallen silent");
        return;
      }
      case SILENT -> linked.ping();
      case FINE -> {}
    }
    for (FollowedScope scope : scopes.values()) {
      if (step.now() >= scope.followAt) {
        subscribe(scope);
      }
    }
    presences
        .due(step.now())
        .forEach((spot, own) -> present(spot.scope(), spot.topic(), own.value(), own.ttlMillis()));
  }

  private long nextAlarm() {
    long next = line.nextAt();
    if (line.state() == LineState.CONNECTED || line.state() == LineState.WAITING) {
      next = Math.min(next, presences.nextAt(connection != null));
    }
    for (FollowedScope scope : scopes.values()) {
      next = Math.min(next, scope.followAt);
      if (scope.pushAt > step.now()) {
        next = Math.min(next, scope.pushAt);
      }
    }
    return next;
  }

  private void breakOff(String how) {
    unlink();
    line.breakOff(how);
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

  // Scopes.

  private FollowedScope followed(ScopeName name) {
    return scopes.computeIfAbsent(
        name, scope -> new FollowedScope(scope, backoff(), limits.pushWritesMax()));
  }

  private void subscribe(FollowedScope scope) {
    ScopeCursor cursor =
        step.replica().cursor(scope.name).orElseGet(() -> ScopeCursor.start(scope.name));
    scope.followAt = FollowedScope.NEVER;
    scope.isForbidden = false;
    scope.isCrowdedOut = false;
    scope.isUnproven = cursor.lastId() > 0;
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
    step.tell(new Notice.ScopeChanged(scope.name, scope.state, scope.fetched, scope.detail));
  }

  private void tellPresence(ScopeName scope) {
    step.tell(new Notice.PresenceChanged(scope, presences.in(scope)));
  }

  private void push(FollowedScope scope) {
    if (connection == null || step.now() < scope.pushAt) {
      return;
    }
    List<QueuedWrite> sent = pushes.next(scope, connection, step.replica().device());
    while (!sent.isEmpty()) {
      sent.forEach(queue::sent);
      sent = pushes.next(scope, connection, step.replica().device());
    }
  }

  private void reach(ScopeCursor cursor) {
    step.replica().place(cursor);
    followed(cursor.scope()).reached = cursor.lastId();
  }

  private void change(SyncEvent event) {
    EntityKey key = Fold.entity(event);
    step.touch(key);
    queue.recogniseEcho(event);
    KnownEntity before = step.known(key);
    KnownEntity after = Fold.after(before, event);
    if (!Objects.equals(after, before)) {
      List<Draft> drafts = documents.changing(event, before);
      step.know(key, after);
      drafts.forEach(queue::enqueue);
    }
  }

  /// Waits as long as the server says, and no shorter than after the failures so far.
  private long after(FollowedScope scope, ScopeMessage.ErrorAnswer why) {
    return step.now() + Math.max(why.retryAfterMillis(), scope.backoff.failed());
  }

  private static boolean isForAWhile(ScopeMessage.ErrorAnswer why) {
    return why.retryAfterMillis() > 0 || WriteQueue.isForAWhile(why.code());
  }

  /// What comes over the connection.
  private final class Listening implements ScopeListener {

    @Override
    public void snapshotPart(
        ScopeName scope, Map<ModelName, List<SyncRecord>> models, boolean first) {
      FollowedScope followed = followed(scope);
      if (first) {
        step.replica().unstage(scope);
        followed.fetched = 0;
      }
      models.forEach((model, records) -> {
        List<KnownEntity> entities =
            records.stream()
                .filter(record -> !record.deleted() && record.scope().equals(scope))
                .map(record -> Fold.known(model, record))
                .toList();
        step.replica().stage(entities);
        followed.fetched += entities.size();
      });
      enter(followed, ScopeState.FETCHING, followed.detail);
    }

    @Override
    public void snapshotEnds(ScopeName scope, long lastId) {
      boolean serverForgot = followed(scope).serverForgot;
      List<Draft> drafts = documents.adopting(scope, serverForgot);
      followed(scope).serverForgot = false;
      followed(scope).isUnproven = false;
      for (StagedDifference difference : step.replica().stagedDifferences(scope)) {
        step.learn(difference.key(), difference.known());
        step.touch(difference.key());
        step.learn(difference.key(), difference.staged());
      }
      step.replica().adoptStaged(scope);
      drafts.forEach(queue::enqueue);
      reach(new ScopeCursor(scope, lastId, ScopeCursor.SEQ_UNKNOWN));
      queue.contained(scope, lastId, followed(scope).acceptedEarlier);
      if (serverForgot) {
        careful.historyIsLost(followed(scope));
      }
      enter(followed(scope), ScopeState.CATCHING_UP, "");
    }

    @Override
    public void changed(ScopeName scope, List<SyncEvent> events) {
      events.forEach(ReplicaSession.this::change);
      reach(new ScopeCursor(scope, events.getLast().id(), events.getLast().seq()));
      followed(scope).pushesAnew |= queue.passed(scope, events.getLast().id());
    }

    @Override
    public void live(ScopeName name) {
      line.proven();
      FollowedScope scope = followed(name);
      scope.pushesAnew |= queue.lost(scope.acceptedEarlier);
      scope.acceptedEarlier = List.of();
      scope.isUnproven = false;
      enter(scope, ScopeState.LIVE, "");
    }

    @Override
    public void refetching(ScopeName scope, RefetchReason reason) {
      if (reason == RefetchReason.CURSOR_AHEAD || reason == RefetchReason.EPOCH) {
        followed(scope).pushesAnew |= queue.lost(scope);
        followed(scope).serverForgot = true;
      } else {
        followed(scope).isUnproven = false;
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
      if (scope == null) {
        return;
      }
      boolean all = true;
      for (int index = 0; index < outcomes.size(); index++) {
        all &= queue.answer(numbers.get(index), outcomes.get(index), scope.reached);
      }
      if (all) {
        scope.backoff.succeeded();
        scope.pushWritesMax = limits.pushWritesMax();
      } else if (!scope.isCutOff) {
        scope.pushAt = step.now() + scope.backoff.failed();
      }
      scope.pushesAnew |= queue.holdsUnanswered(numbers);
      boolean isWhole = outcomes.stream().noneMatch(PushOutcome::isRefused);
      if (isWhole) {
        scope.onePush = false;
      } else {
        cutOff(scope);
      }
    }

    /// The server turns away what stands behind a push of which not all was taken.
    private void cutOff(FollowedScope scope) {
      scope.pushesAnew = true;
      scope.isCutOff = true;
      scope.onePush = true;
    }

    @Override
    public void pushRefused(Ref ref, ScopeMessage.ErrorAnswer why) {
      FollowedScope scope = pushes.answered(ref, scopes.values());
      List<Long> numbers = pushes.sent(ref);
      if (scope == null) {
        return;
      }
      boolean forItself = !scope.isCutOff;
      cutOff(scope);
      if (isForAWhile(why)) {
        if (forItself) {
          scope.pushAt = after(scope, why);
        }
      } else if (numbers.size() > 1) {
        scope.pushWritesMax = numbers.size() / 2;
      } else {
        numbers.forEach(number -> queue.refuse(number, why.code(), why.detail()));
      }
    }

    @Override
    public void followRefused(ScopeName name, ScopeMessage.ErrorAnswer why) {
      FollowedScope scope = followed(name);
      scope.isUnproven = false;
      if (isForAWhile(why)) {
        scope.followAt = after(scope, why);
      } else if (why.code().equals(ScopeFault.FORBIDDEN.code())) {
        scope.isForbidden = true; // until somebody grants it, of which nothing tells
        scope.followAt = step.now() + FORBIDDEN_RETRY_MILLIS;
      }
      scope.isCrowdedOut = why.code().equals(ScopeFault.TOO_MANY_SUBSCRIPTIONS.code());
      enter(scope, ScopeState.REFUSED, why.detail());
      if (!scope.isCrowdedOut) {
        letOneIn();
      }
    }

    /// It is said again when its time comes: by then there may be room.
    @Override
    public void presenceRefused(ScopeMessage.ErrorAnswer why) {
      String where = why.scope() == null ? "" : " in " + why.scope();
      step.tell(
          new Notice.Trouble(
              "presence" + where + " is refused: " + why.code() + ": " + why.detail()));
    }

    @Override
    public void present(ScopeMessage.PresenceOf said) {
      boolean own = said.device().equals(step.replica().device().text());
      if (said.isOnce()) {
        step.tell(new Notice.Said(said.scope(), Presences.neighbour(said)));
      } else if (!own && presences.hear(said, step.now())) {
        tellPresence(said.scope());
      }
    }

    @Override
    public void trouble(ScopeMessage.ErrorAnswer why) {
      step.tell(new Notice.Trouble(why.code() + ": " + why.detail()));
      if (why.code().equals(ScopeFault.MALFORMED.code())) {
        unread(why.code(), why.detail());
        breakOff(why.detail());
      }
    }

    @Override
    public void broken(String how, @Nullable ScopeName scope) {
      breakOff(scope == null ? how : scope + ": " + how);
    }
  }
}
