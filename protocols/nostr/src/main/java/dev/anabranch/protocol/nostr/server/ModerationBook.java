package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
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
import dev.anabranch.nostr.key.PublicKey;
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
  public static final Set<String> FIELDS = Set.of("standing", "reason", "shown_by", "value");

  /// The most subjects that administrators can decide about; besides, as many may join, and as many
  /// invitations and proofs may be remembered that were used.
  public static final int SUBJECTS_MAX = 100_000;

  /// The longest reason, in UTF-16 units.
  static final int REASON_CHARS_MAX = 2_000;

  private static final ScopeName SCOPE = new ScopeName("relay:moderation");
  private static final PageLimit PAGE = new PageLimit(1_000, 1024 * 1024);
  private static final int KEY_BYTES = 16;

  private final Kernel kernel;
  private final PolicySettings settings;
  private final RandomGenerator random;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private volatile Moderation moderation = Moderation.NONE;
  private Map<String, Json> settled = Map.of(); // what the changes came of
  private volatile PolicyChanges changes;
  private volatile NostrAccess access;
  private volatile Set<PublicKey> named = Set.of();
  private volatile boolean awaitsNames;
  private volatile boolean owns;

  /// A book without a decision; [#load] reads those of before.
  ///
  /// @param settings what holds where nothing was decided, and what of it can be changed
  public ModerationBook(Kernel kernel, PolicySettings settings, RandomGenerator random) {
    this.kernel = kernel;
    this.settings = settings;
    this.random = random;
    this.changes = PolicyChanges.of(settings, Map.of());
    this.access = changes.terms().access();
  }

  /// Who may write and read now.
  public NostrAccess access() {
    return access;
  }

  /// On which terms events are taken and shown now; who may write and read says [#access()].
  public RelayTerms terms() {
    return changes.terms();
  }

  /// What was changed of the settings.
  PolicyChanges changes() {
    return changes;
  }

  PolicySettings settings() {
    return settings;
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

  /// Takes every right in the scope away: whoever wrote there before the relay did became its
  /// admin.
  private CompletionStage<Boolean> takeRightsAway() {
    List<Write> deletions = new ArrayList<>();
    return page(ModelName.GRANT, null, grant -> deletions.add(Write.delete(key(), grant.key())))
        .thenCompose(ignored ->
            deletions.isEmpty()
                ? done(List.<Outcome>of())
                : kernel.commit(new Commit(NostrChanges.relay(), deletions, false)))
        .thenApply(
            outcomes -> outcomes.stream().allMatch(outcome -> outcome instanceof Outcome.Applied));
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
                  subject,
                  new Standing(
                      word.get(),
                      entity.data().string("reason").orElse(""),
                      entity.data().string("shown_by").orElse(null),
                      value(entity.data()))));
    }
  }

  private static @Nullable Json value(JsonObject data) {
    Json value = data.get("value");
    return value instanceof JsonNull ? null : value;
  }

  /// Changes a setting; it fails where the configuration's file could not say so either.
  ///
  /// @return why it was not changed; empty when it was
  CompletionStage<Optional<Fault>> change(String name, Json value, String reason) {
    return decide(() -> decided(name, changes.with(name, value), Standing.of(value, reason)));
  }

  /// Takes the change of a setting back: what is configured holds again.
  ///
  /// @return why it was not; empty when it was, or nothing was changed
  CompletionStage<Optional<Fault>> reset(String name) {
    return decide(() -> decided(name, changes.without(name), null));
  }

  private Answer<List<Decision>> decided(
      String name, Map<String, Json> then, @Nullable Standing standing) {
    return switch (settings.with(then)) {
      case Answer.Given<RelayTerms> ignored ->
          new Answer.Given<>(List.of(new Decision(Subject.ofSetting(name), standing)));
      case Answer.Refused<RelayTerms>(Fault fault) -> new Answer.Refused<>(fault);
    };
  }

  /// Decides; the stage completes once the decision is on disk and counts.
  ///
  /// @return why it could not be made; empty when it was
  CompletionStage<Optional<Fault>> decide(Subject subject, Standing standing) {
    return decide(() -> new Answer.Given<>(List.of(new Decision(subject, standing))));
  }

  /// Decides by what counts when the turn has come: all that was decided before is seen, and
  /// nothing is decided in between.
  ///
  /// @param rule says what to decide, all of it or nothing at once; or why nothing
  /// @return why it could not be made; empty when it was
  CompletionStage<Optional<Fault>> decide(Supplier<Answer<List<Decision>>> rule) {
    return inTurn(() ->
        switch (rule.get()) {
          case Answer.Given<List<Decision>>(List<Decision> decisions) -> decideNow(decisions);
          case Answer.Refused<List<Decision>>(Fault fault) -> done(Optional.of(fault));
        });
  }

  /// Uses something up for good, over a restart too.
  ///
  /// @return why it is not; `SUPERSEDED` when it was used before
  CompletionStage<Optional<Fault>> useUp(Subject subject, long nowSeconds) {
    return decide(() -> {
      if (moderation.of(subject).isPresent()) {
        return new Answer.Refused<>(new Fault(FaultCode.SUPERSEDED, "this was used before"));
      }
      List<Decision> decisions = new ArrayList<>(moderation.outdated(nowSeconds));
      decisions.add(new Decision(subject, new Standing(Standing.Word.NEITHER, "")));
      return new Answer.Given<>(decisions);
    });
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

  private CompletionStage<Optional<Fault>> decideNow(List<Decision> decisions) {
    Moderation next = moderation;
    List<Write> gone = new ArrayList<>();
    List<Write> kept = new ArrayList<>();
    for (Decision decision : decisions) {
      if (!decision.isKnownTo(next)) {
        next = next.with(decision);
        (decision.standing() == null ? gone : kept).add(write(decision));
      }
    }
    Optional<Fault> tooMany = next.tooMany(moderation, SUBJECTS_MAX);
    if ((gone.isEmpty() && kept.isEmpty()) || tooMany.isPresent()) {
      return done(tooMany);
    }
    Moderation decided = next;
    return owned(
            () -> erased(gone).thenCompose(first -> first.isEmpty() ? written(kept) : done(first)))
        .thenApply(outcomes -> {
          for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Refused(Fault fault)) {
              return Optional.of(fault);
            }
            if (outcome instanceof Outcome.Conflict) {
              throw new IllegalStateException("nobody else writes in " + SCOPE);
            }
          }
          set(decided);
          return Optional.empty();
        });
  }

  /// Forgets; what the operator erased is gone already.
  ///
  /// @return what went wrong
  private CompletionStage<List<Outcome>> erased(List<Write> gone) {
    return gone.isEmpty()
        ? done(List.of())
        : kernel
            .commit(new Commit(NostrChanges.relay(), gone, false))
            .thenApply(outcomes ->
                outcomes.stream()
                    .filter(outcome ->
                        outcome instanceof Outcome.Refused(Fault fault)
                            && fault.code() != FaultCode.ABSENT)
                    .toList());
  }

  private CompletionStage<List<Outcome>> written(List<Write> kept) {
    return kept.isEmpty()
        ? done(List.of())
        : kernel.commit(new Commit(NostrChanges.relay(), kept, true));
  }

  private Write write(Decision decision) {
    EntityKey entity = new EntityKey(SCOPE, MODERATION, new EntityId(decision.subject().text()));
    Standing standing = decision.standing();
    if (standing == null) {
      return Write.delete(key(), entity);
    }
    JsonObject data =
        JsonObject.EMPTY.with("standing", standing.word().text()).with("reason", standing.reason());
    String shownBy = standing.shownBy();
    Json shown = shownBy == null ? JsonNull.NULL : new JsonString(shownBy);
    data = data.with("shown_by", shown);
    Json value = standing.value();
    return Write.insert(key(), entity, value == null ? data : data.with("value", value));
  }

  /// Writes where nobody else has a right: the first time rights are looked for before and after,
  /// for only a scope that nobody wrote to gives them away.
  private CompletionStage<List<Outcome>> owned(Supplier<CompletionStage<List<Outcome>>> write) {
    return owns
        ? write.get()
        : takeRightsAway()
            .thenCompose(ignored -> write.get())
            .thenCompose(outcomes ->
                takeRightsAway()
                    .thenApply(isOwn -> {
                      owns =
                          isOwn
                              && !outcomes.isEmpty()
                              && outcomes.stream().allMatch(Outcome.Applied.class::isInstance);
                      return outcomes;
                    }));
  }

  /// Whether a key is a member whatever was decided here.
  boolean isNamedElsewhere(PublicKey key) {
    return terms().access().members().contains(key) || named.contains(key);
  }

  /// Other places name keys, and not all of them have been read yet: until they are, it is not
  /// known who the members are.
  public void awaitNames() {
    awaitsNames = true;
  }

  /// Whether all members are known, and not only those of whom the configuration and the log speak.
  public boolean knowsMembers() {
    return !awaitsNames;
  }

  /// Keys that other places name, members besides those that are configured.
  ///
  /// @param keys all of them; those of before count no longer
  /// @param all whether every place has been read, or has had its time
  public void name(Set<PublicKey> keys, boolean all) {
    var ignored =
        inTurn(() -> {
          boolean isFirst = awaitsNames && all;
          if (all) {
            awaitsNames = false;
          }
          if (isFirst || !keys.equals(named)) {
            named = Set.copyOf(keys);
            set(moderation);
          }
          return done(Optional.empty());
        });
  }

  private void set(Moderation now) {
    moderation = now;
    Map<String, Json> changed = now.settings();
    if (!changed.equals(settled)) {
      changes = PolicyChanges.of(settings, changed);
      settled = changed;
    }
    access = now.over(terms().access().withMembers(named));
    listeners.forEach(Runnable::run);
  }

  private static <T extends @Nullable Object> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
