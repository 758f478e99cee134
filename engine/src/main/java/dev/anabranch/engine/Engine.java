package dev.anabranch.engine;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.commit.MergeInspection;
import dev.anabranch.kernel.commit.Quota;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Folded;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The kernel at work over one store.
public final class Engine implements Kernel, Documents, Finder, Memberships {

  private final Writer writer;
  private final Hub hub;
  private final Heads heads;
  private final Models models;
  private final KnownHoldings holdings;
  private final EngineThreads threads;
  private final List<FinderListener> listeners = new CopyOnWriteArrayList<>();
  private volatile long lastMarkedId;
  private final GrantWatch grants = new GrantWatch();
  private final MergeInspection inspection;
  private final EngineObserver observer;

  /// Opens the store and is ready.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure when the store cannot be had
  public Engine(
      StoreOpener opener,
      Models models,
      EngineThreads threads,
      EngineLimits limits,
      EngineObserver observer) {
    this(opener, models, threads, limits, observer, MergeInspection.NONE, Derivation.NONE);
  }

  /// The same, with nothing said of how much a principal may have.
  public Engine(
      StoreOpener opener,
      Models models,
      EngineThreads threads,
      EngineLimits limits,
      EngineObserver observer,
      MergeInspection inspection,
      Derivation derivation) {
    this(opener, models, threads, limits, observer, inspection, derivation, Quota.NONE);
  }

  /// Opens the store and is ready.
  ///
  /// @param inspection may refuse updates of documents that their rule accepts
  /// @param derivation what else changes say
  /// @param quota how much each principal may have in the log, which is read once for it
  /// @throws dev.anabranch.kernel.store.StoreFailure when the store cannot be had
  public Engine(
      StoreOpener opener,
      Models models,
      EngineThreads threads,
      EngineLimits limits,
      EngineObserver observer,
      MergeInspection inspection,
      Derivation derivation,
      Quota quota) {
    this.models = models;
    this.holdings = new KnownHoldings(!quota.isNone());
    this.inspection = inspection;
    this.observer = observer;
    this.threads = threads;
    this.heads = new Heads(limits.headsMax());
    this.hub = new Hub(this::store, threads, limits, observer);
    this.writer =
        new Writer(
            opener,
            new Sequencer(models, inspection, derivation, quota),
            holdings,
            threads,
            limits,
            observer,
            this::durable,
            this::committed,
            this::answered,
            this::reopened);
    this.lastMarkedId = store().lastMarkedId();
  }

  private void durable(Effects effects) {
    effects.scopes().forEach(heads::told);
    inspection.durable(effects);
    if (!effects.marked().isEmpty()) {
      lastMarkedId = effects.marked().getLast().change().id();
    }
  }

  /// Tells everybody; who breaks keeps nothing from the others, and reads what he did not hear.
  private void committed(Effects effects) {
    tell(() -> hub.committed(effects), hub::doubt);
    tell(() -> grants.committed(effects), () -> {});
  }

  /// Listeners come last: what they do with a batch may keep every processor busy, and whoever
  /// waits for an answer would wait for that.
  private void answered(Effects effects) {
    if (!effects.marked().isEmpty()) {
      for (FinderListener listener : listeners) {
        tell(() -> listener.committed(effects.marked()), listener::doubt);
      }
    }
  }

  private void tell(Runnable telling, Runnable doubt) {
    try {
      telling.run();
    } catch (RuntimeException bug) {
      observer.bug(bug);
      doubt.run();
    }
  }

  private void reopened() {
    heads.forget();
    try {
      lastMarkedId = store().lastMarkedId();
    } catch (StoreFailure awayAgain) {
      return; // there will be another reopening
    }
    listeners.forEach(FinderListener::doubt);
    hub.doubt();
  }

  @Override
  public CompletionStage<FoundPage> find(Search search, @Nullable Spot after, PageLimit limit) {
    return asked(() -> store().find(search, after, limit));
  }

  @Override
  public CompletionStage<List<Found>> findAfter(long afterId, PageLimit limit) {
    return asked(() -> store().findAfter(afterId, limit));
  }

  @Override
  public CompletionStage<List<Found>> expired(long time, PageLimit limit) {
    return asked(() -> store().expired(time, limit));
  }

  @Override
  public long lastMarkedId() {
    return lastMarkedId;
  }

  @Override
  public void listen(FinderListener listener) {
    listeners.add(listener);
  }

  @Override
  public CompletionStage<List<Outcome>> commit(Commit commit) {
    return writer.commit(commit);
  }

  @Override
  public CompletionStage<Answer<Reading>> read(
      Caller caller, ScopeName scope, long afterId, PageLimit limit) {
    return reading(caller, scope, store -> store.read(scope, afterId, limit));
  }

  @Override
  public CompletionStage<Answer<ScopeHead>> head(Caller caller, ScopeName scope) {
    ScopeHead known = heads.get(scope);
    if (known != null && caller.authority().ownsServer() && covers(caller, scope)) {
      return CompletableFuture.completedFuture(new Answer.Given<>(known));
    }
    return reading(caller, scope, store -> headOf(scope));
  }

  private static boolean covers(Caller caller, ScopeName scope) {
    return caller.authority().ceilingIn(scope).covers(Right.READ);
  }

  private ScopeHead headOf(ScopeName scope) {
    return heads.getOrRead(scope, () -> store().head(scope));
  }

  @Override
  public CompletionStage<Answer<SnapshotPage>> snapshot(
      Caller caller,
      ScopeName scope,
      Set<ModelName> models,
      SnapshotPage.@Nullable Place after,
      PageLimit limit) {
    return reading(
        caller,
        scope,
        store ->
            WholeDocuments.of(
                store, this.models, store.snapshot(scope, models, after, limit), limit));
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entity(Caller caller, EntityKey key) {
    return reading(
        caller,
        key.scope(),
        store -> store.entity(key).map(entity -> WholeDocuments.of(store, models, entity)));
  }

  @Override
  public <T> CompletionStage<Answer<T>> trail(
      Caller caller, EntityKey key, long knownSeq, Function<Optional<DocumentTrail>, T> work) {
    return reading(
        caller, key.scope(), store -> work.apply(DocumentTrail.of(store, key, knownSeq)));
  }

  @Override
  public DocumentWeight weigh(EntityKey key) {
    return store().weigh(key);
  }

  @Override
  public CompletionStage<Folding> fold(EntityKey key) {
    return asked(() -> DocumentTrail.of(store(), key, 0))
        .thenCompose(trail ->
            trail.map(this::fold).orElse(CompletableFuture.completedFuture(new Folding(0, 0))));
  }

  private CompletionStage<Folding> fold(DocumentTrail trail) {
    EntityKey key = trail.entity().key();
    if (trail.updates().isEmpty()
        || !(models.of(key.model()).rule() instanceof DocumentRule rule)) {
      return CompletableFuture.completedFuture(new Folding(0, trail.weight().foldedBytes()));
    }
    return asked(() -> rule.merge().settle(Objects.requireNonNull(trail.state(rule.merge()))))
        .thenCompose(state ->
            writer.maintain(store -> {
              store.keepFolded(key, new Folded(trail.entity().seq(), state));
              return new Folding(trail.updates().size(), state.size());
            }));
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entityAt(
      Caller caller, EntityKey key, long seq) {
    return reading(
        caller,
        key.scope(),
        store -> EarlierEntity.of(store, key, seq, models.of(key.model()).rule()));
  }

  @Override
  public CompletionStage<Right> rightIn(Caller caller, ScopeName scope) {
    return asked(() -> rightOf(caller, scope));
  }

  @Override
  public CompletionStage<Answer<Subscription>> follow(
      Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
    CompletableFuture<Answer<Subscription>> answer = new CompletableFuture<>();
    // The head is taken before the rights: a change of rights in between counts as one after them
    // (K8).
    asked(() -> rightsSeqOf(caller, scope))
        .whenComplete((seq, failure) -> {
          if (failure != null) {
            answer.completeExceptionally(failure);
          } else if (seq < 0) {
            answer.complete(new Answer.Refused<>(forbidden(caller, scope)));
          } else {
            hub.follow(
                lane,
                scope,
                follower,
                afterId,
                caller.names(),
                seq,
                begun -> answer.complete(new Answer.Given<>(begun)));
          }
        });
    return answer;
  }

  /// The seq at which the caller was seen to have the right to read; −1 = it has not.
  private long rightsSeqOf(Caller caller, ScopeName scope) {
    long seq = store().head(scope).seq();
    return rightOf(caller, scope).covers(Right.READ) ? seq : -1;
  }

  @Override
  public CompletionStage<List<Membership>> scopesOf(
      Caller caller, @Nullable ScopeName after, int countMax) {
    return asked(() -> {
      Map<ScopeName, Membership> found = new TreeMap<>();
      for (PrincipalId name : caller.names()) {
        for (Membership each : store().memberships(name, after, countMax)) {
          found.merge(each.scope(), each, Engine::both);
        }
      }
      return found.values().stream().limit(countMax).toList();
    });
  }

  private static Membership both(Membership one, Membership other) {
    Right right = one.right().covers(other.right()) ? one.right() : other.right();
    return new Membership(one.scope(), right, Math.max(one.id(), other.id()));
  }

  @Override
  public Runnable watch(Caller caller, Consumer<ScopeName> told) {
    return grants.watch(caller.names(), told);
  }

  @Override
  public CompletionStage<Answer<Boolean>> present(Caller caller, Present present) {
    if (present.isOnce()
        && caller.authority().ownsServer()
        && covers(caller, present.at().scope())) {
      // Nobody can have taken this right: what is said once goes in order, and without the store.
      return CompletableFuture.completedFuture(said(present));
    }
    return reading(caller, present.at().scope(), store -> present)
        .thenApply(answer ->
            switch (answer) {
              case Answer.Given<Present>(Present allowed) -> said(allowed);
              case Answer.Refused<Present>(Fault fault) -> new Answer.Refused<>(fault);
            });
  }

  private Answer<Boolean> said(Present present) {
    if (present.isOnce()) {
      return new Answer.Given<>(hub.sayOnce(present));
    }
    return switch (hub.present(present)) {
      case TAKEN -> new Answer.Given<>(true);
      case SCOPE_FULL -> noRoom("too many clients are present in " + present.at().scope());
      case BOARD_FULL -> noRoom("too many clients are present on this server");
      case SHARE_USED_UP ->
          noRoom(
              present.principal()
                  + " is present in as many places as one principal may be; leave one of them");
    };
  }

  private static Answer<Boolean> noRoom(String detail) {
    return new Answer.Refused<>(new Fault(FaultCode.QUOTA, detail));
  }

  @Override
  public long epoch() {
    return store().epoch();
  }

  @Override
  public Models models() {
    return models;
  }

  /// Tells followers whose presence has expired; to be called about once a second.
  public void expirePresence() {
    hub.expirePresence();
  }

  /// Raises a scope's floor between two batches ([Store#raiseFloor]); what is folded away counts no
  /// more for anybody's quota.
  ///
  /// @return how many changes were dropped
  public CompletionStage<Long> raiseFloor(ScopeName scope, long floorSeq) {
    return maintain(
        store -> holdings.raiseFloor(store, scope, floorSeq, model -> models.of(model).rule()));
  }

  /// Does something with the store between two batches, such as a backup. Floors it does not raise:
  /// [#raiseFloor] does.
  public <T> CompletionStage<T> maintain(Function<Store, T> chore) {
    return writer.maintain(store -> {
      T done = chore.apply(store);
      heads.forget();
      return done;
    });
  }

  /// Lets the writer find out whether it still has its store, as a commit would. It waits for no
  /// reader.
  public void probe() {
    writer.probe();
  }

  /// The open store, for reading.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure when it is away
  public Store store() {
    return writer.store();
  }

  /// How many followers are behind and have a page of the log read for them. Any thread.
  public int catchingUp() {
    return hub.catchingUp();
  }

  /// What it holds just now. Any thread.
  public EngineSizes sizes() {
    return new EngineSizes(
        writer.waitingWrites(),
        writer.waitingBytes(),
        hub.mostOfALane(Lane::waitingChanges),
        hub.mostOfALane(Lane::waitingBytes),
        hub.presentCount(),
        heads.size());
  }

  /// How many principals are counted for a quota; 0 without one. Any thread.
  public int quotaPrincipals() {
    return holdings.principals();
  }

  /// Takes no more writes, finishes those that wait, closes the store.
  public CompletionStage<Void> close() {
    return writer.close();
  }

  private <T> CompletionStage<Answer<T>> reading(
      Caller caller, ScopeName scope, Function<Store, T> read) {
    return asked(() -> {
      if (!mayRead(caller, scope)) {
        return new Answer.Refused<>(forbidden(caller, scope));
      }
      T found = read.apply(store());
      // Asked again, for what was found may be younger than the first answer (K8).
      return mayRead(caller, scope)
          ? new Answer.Given<>(found)
          : new Answer.Refused<>(forbidden(caller, scope));
    });
  }

  private boolean mayRead(Caller caller, ScopeName scope) {
    return rightOf(caller, scope).covers(Right.READ);
  }

  private Right rightOf(Caller caller, ScopeName scope) {
    return Authorizer.rightOf(caller, scope, key -> store().entity(key).orElse(null));
  }

  private static Fault forbidden(Caller caller, ScopeName scope) {
    return new Fault(FaultCode.FORBIDDEN, caller.principal() + " has no right to read " + scope);
  }

  private <T> CompletionStage<T> asked(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    threads
        .readers()
        .execute(() -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException | Error failure) {
            answer.completeExceptionally(failure);
          }
        });
    return answer;
  }
}
