package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.rule.MergeRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A database as the kernel needs it; every implementation sits the same contract suite.
///
/// [#commit] and the maintenance verbs are called by one thread at a time, the owner's; reading is
/// called by many. Every method throws [StoreFailure] when the edge breaks. After a failed commit
/// the store must be closed and opened again (fail stop): nothing more is acknowledged on it.
public interface Store extends AutoCloseable {

  /// Runs one batch in one transaction: load, decide, write, make durable (K3, K6).
  ///
  /// @param decide pure; called again when a key or an entity that was taken for new turns out to
  ///   be there, or when somebody else wrote meanwhile
  /// @return what `decide` returned last, once it is on disk
  Effects commit(Needs needs, Function<Loaded, Effects> decide);

  /// A scope's head; [ScopeHead#empty] when it is unknown.
  ScopeHead head(ScopeName scope);

  /// Heads of known scopes in the order of their names.
  ///
  /// @param after continue behind this name; null = from the first
  List<ScopeHead> heads(@Nullable ScopeName after, int countMax);

  /// Scopes that grant a principal a right by its own name, in the order of their names.
  ///
  /// @param after continue behind this name; null = from the first
  List<Membership> memberships(PrincipalId principal, @Nullable ScopeName after, int countMax);

  /// Changes of a scope with an id greater than a cursor, in order (K1).
  Reading read(ScopeName scope, long afterId, PageLimit limit);

  /// One change; empty when it is not retained or never was.
  Optional<Change> change(ScopeName scope, long seq);

  /// One entity's changes, newest first: the one at a place, the one before it (its `prior`), and
  /// so on; fewer when one of them is not retained, none when the first is not.
  ///
  /// @param seq where it begins: a change of the entity
  /// @param downToSeq only changes behind this one; 0 = all
  List<Change> trail(ScopeName scope, long seq, long downToSeq, PageLimit limit);

  /// An entity as it stands, tombstones included.
  Optional<Entity> entity(EntityKey key);

  /// Living entities of a scope.
  ///
  /// @param models only these; empty = all
  /// @param after continue behind this place; null = from the first
  SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit);

  /// All entities of a scope, tombstones included, as they stood at its floor; the same order and
  /// paging.
  SnapshotPage floor(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit);

  /// All entities of a scope, tombstones included, as they stand; the same order and paging.
  SnapshotPage state(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit);

  /// Raises a scope's floor: folds older changes into the floor's entities and drops them,
  /// remembering their keys.
  ///
  /// @param floorSeq the new floor, at most the head's seq; a lower one than the present changes
  ///   nothing
  /// @param rules the rule of each model, for the fold
  /// @return how many changes were dropped
  long raiseFloor(ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules);

  /// The newest folded state of a document: the kept one ([#keepFolded]) or the floor's, whichever
  /// reaches further; empty when everything is in the log.
  Optional<Folded> folded(EntityKey key);

  /// How much there is of a document, by lengths alone; [DocumentWeight#NOTHING] when it is deleted
  /// or never was. Called like the maintenance verbs, or inside a commit: the floor stands still.
  DocumentWeight weigh(EntityKey key);

  /// Keeps a folded state in place of an older one. It says nothing that the log does not say;
  /// called like the maintenance verbs.
  void keepFolded(EntityKey key, Folded folded);

  /// What each principal has in the log; who has nothing need not be named. It reads the whole log,
  /// and what is committed meanwhile counts or not.
  Map<PrincipalId, Holding> holdings();

  /// The same of a scope's changes up to a seq.
  Map<PrincipalId, Holding> holdings(ScopeName scope, long upToSeq);

  /// The same of one entity's changes, from one back to the first, or to one before which all are
  /// erased. It is asked inside the commit, and reads what [Effects.Erasure] walks.
  ///
  /// @param seq the last of them
  Map<PrincipalId, Holding> trailHoldings(ScopeName scope, long seq);

  /// One slice of a search over marked changes, newest first; bounded work, whatever the search.
  ///
  /// @param after behind this place; null = from the newest
  FoundPage find(Search search, @Nullable Spot after, PageLimit limit);

  /// Marked changes with an id above one, in the order of their ids.
  List<Found> findAfter(long afterId, PageLimit limit);

  /// The id of the last marked change; 0 = there is none.
  long lastMarkedId();

  /// Marked changes that expired at a time or before.
  List<Found> expired(long time, PageLimit limit);

  /// By which rule entities of a model are folded, as it was kept last ([#keepRules]) and as
  /// [MergeRule#spelled] says it; empty when none ever was. A model that is not named has the rule
  /// `versioned`.
  Map<ModelName, String> rules();

  /// Keeps by which rules the log is folded, in place of what was kept before; called like the
  /// maintenance verbs.
  void keepRules(Map<ModelName, String> rules);

  /// Which history this is: 0 for a new database, one more after every restore.
  long epoch();

  /// Where the log ends, as this process knows it: from opening it, and from what it committed
  /// since. It asks nothing, so that a store that failed or is closed says it too.
  LogEnd end();

  /// Credentials and their principals.
  Credentials credentials();

  /// Whether the database answers those who read; throws [StoreFailure] when it does not.
  void probe();

  /// Whether it answers the one who writes, and is still his; throws [StoreFailure] when it is not.
  /// Called like the maintenance verbs; it waits for no reader.
  void probeWriting();

  /// Who is told when the store finds out by itself that it may be no longer this process's, or
  /// takes nothing that is written: on any thread, again as long as that lasts. Whether it is so
  /// [#probeWriting] says.
  default void whenInDoubt(Runnable told) {}

  @Override
  void close();
}
