package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What the relay's administrators decided, kept in the log: entities of the model `moderation` in
/// one scope, of which only the relay itself writes.
///
/// A decision counts once it is on disk, at once and everywhere. Decisions are made one after the
/// other. Asking does not block.
public final class ModerationBook {

  /// The model of decisions.
  public static final ModelName MODERATION = new ModelName("moderation");

  /// The fields of a decision; nobody but the server writes them.
  public static final Set<String> FIELDS = Set.of("standing", "reason");

  /// The most subjects that can be decided about.
  public static final int SUBJECTS_MAX = 100_000;

  /// The longest reason, in UTF-16 units.
  static final int REASON_CHARS_MAX = 2_000;

  private static final ScopeName SCOPE = new ScopeName("relay:moderation");
  private static final PageLimit PAGE = new PageLimit(1_000, 1024 * 1024);
  private static final int KEY_BYTES = 16;

  private final Kernel kernel;
  private final NostrAccess configured;
  private final RandomGenerator random;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private volatile Moderation moderation = Moderation.NONE;
  private volatile NostrAccess access;
  private volatile boolean seized;

  /// A book without a decision; [#load] reads those of before.
  ///
  /// @param configured what holds where nothing was decided
  public ModerationBook(Kernel kernel, NostrAccess configured, RandomGenerator random) {
    this.kernel = kernel;
    this.configured = configured;
    this.random = random;
    this.access = configured;
  }

  /// Who may write and read now.
  public NostrAccess access() {
    return access;
  }

  /// What the relay says of itself now.
  public RelayInformation over(RelayInformation configured) {
    return configured.changedBy(moderation);
  }

  Moderation moderation() {
    return moderation;
  }

  /// Calls somebody after every decision, on a thread of the kernel's.
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  /// Reads the decisions of before.
  public CompletionStage<Boolean> load() {
    Map<Subject, Standing> found = new HashMap<>();
    return page(MODERATION, null, entity -> read(entity, found))
        .thenApply(ignored -> {
          set(new Moderation(found));
          return true;
        });
  }

  /// Takes every right in the scope away, once before the first decision: whoever wrote there
  /// before the relay did became its admin, and nobody can after it.
  private CompletionStage<Boolean> seize() {
    if (seized) {
      return done(true);
    }
    List<Write> deletions = new ArrayList<>();
    return page(ModelName.GRANT, null, grant -> deletions.add(Write.delete(key(), grant.key())))
        .thenCompose(ignored ->
            deletions.isEmpty()
                ? done(List.<Outcome>of())
                : kernel.commit(new Commit(NostrChanges.relay(), deletions, false)))
        .thenApply(outcomes -> {
          seized = outcomes.stream().allMatch(outcome -> outcome instanceof Outcome.Applied);
          return seized;
        });
  }

  private WriteKey key() {
    byte[] unique = new byte[KEY_BYTES];
    random.nextBytes(unique);
    return new WriteKey(HexFormat.of().formatHex(unique));
  }

  private CompletionStage<Boolean> page(
      ModelName model, SnapshotPage.@Nullable Place after, Consumer<Entity> into) {
    return kernel
        .snapshot(NostrChanges.relay(), SCOPE, Set.of(model), after, PAGE)
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Refused<SnapshotPage>(Fault fault) ->
                  throw new IllegalStateException("the relay may not read its own: " + fault);
              case Answer.Given<SnapshotPage>(SnapshotPage page) -> {
                page.entities().forEach(into);
                yield page.next() == null ? done(true) : page(model, page.next(), into);
              }
            });
  }

  private static void read(Entity entity, Map<Subject, Standing> into) {
    Optional<Word> word = entity.data().string("standing").flatMap(Word::of);
    if (word.isPresent()) {
      Subject.parse(entity.key().id().text())
          .ifPresent(subject ->
              into.put(
                  subject, new Standing(word.get(), entity.data().string("reason").orElse(""))));
    }
  }

  /// Decides; the stage completes once the decision is on disk and counts.
  ///
  /// @return why it could not be made; empty when it was
  CompletionStage<Optional<Fault>> decide(Subject subject, Standing standing) {
    return inTurn(() -> decideNow(subject, standing));
  }

  /// The same, for a subject about which nothing was decided before; `SUPERSEDED` when something
  /// was.
  CompletionStage<Optional<Fault>> decideOnce(Subject subject, Standing standing) {
    return inTurn(() ->
        moderation.of(subject).isPresent()
            ? done(Optional.of(new Fault(FaultCode.SUPERSEDED, "this was decided before")))
            : decideNow(subject, standing));
  }

  private CompletionStage<Optional<Fault>> inTurn(
      Supplier<CompletionStage<Optional<Fault>>> decision) {
    lock.lock();
    try {
      CompletionStage<Optional<Fault>> next =
          last.handle((ignored, alsoIgnored) -> true).thenCompose(ignored -> decision.get());
      last = next;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private CompletionStage<Optional<Fault>> decideNow(Subject subject, Standing standing) {
    Map<Subject, Standing> known = moderation.standings();
    if (standing.equals(known.get(subject))) {
      return done(Optional.empty());
    }
    if (known.size() >= SUBJECTS_MAX && !known.containsKey(subject)) {
      return done(
          Optional.of(
              new Fault(FaultCode.QUOTA, SUBJECTS_MAX + " decisions are kept, and no more")));
    }
    Write write =
        Write.insert(
            key(),
            new EntityKey(SCOPE, MODERATION, new EntityId(subject.text())),
            JsonObject.EMPTY
                .with("standing", standing.word().text())
                .with("reason", standing.reason()));
    return seize()
        .thenCompose(
            ignored -> kernel.commit(new Commit(NostrChanges.relay(), List.of(write), false)))
        .thenApply(outcomes ->
            switch (outcomes.getFirst()) {
              case Outcome.Refused(Fault fault) -> Optional.of(fault);
              case Outcome.Applied ignored -> applied(subject, standing);
              case Outcome.Duplicate ignored -> applied(subject, standing);
              case Outcome.Conflict ignored ->
                  throw new IllegalStateException("nobody else writes " + subject.text());
            });
  }

  private Optional<Fault> applied(Subject subject, Standing standing) {
    set(moderation.with(subject, standing));
    return Optional.empty();
  }

  private void set(Moderation now) {
    moderation = now;
    access = now.over(configured);
    listeners.forEach(Runnable::run);
  }

  private static <T extends @Nullable Object> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
