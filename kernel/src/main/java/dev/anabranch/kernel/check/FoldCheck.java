package dev.anabranch.kernel.check;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.Folding;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Checks that state = fold of the log (K4): the floor's entities and every retained change folded
/// over them give exactly the entities that the store shows.
///
/// On the way it checks the log's own order: seqs without a hole and ids that rise (K1), versions
/// without a hole, each change's pointer to the entity's change before it, and that originals can
/// be read and, where somebody says how to tell, are what was signed (K7). It needs a store that
/// nobody writes to meanwhile, and memory for the entities of one scope.
public final class FoldCheck {

  /// The most differences that are told of one scope.
  public static final int DIFFERENCES_MAX = 100;

  private static final PageLimit PAGE = new PageLimit(1000, 4 * 1024 * 1024);
  private static final int SCOPES_PER_PAGE = 1000;

  private final Store store;
  private final Models models;
  private final OriginalCheck originals;
  private final Set<Long> named = new HashSet<>();

  /// A check of this store, folding by the rules of these models.
  public FoldCheck(Store store, Models models) {
    this(store, models, OriginalCheck.NONE);
  }

  /// A check that also asks whether originals are what was signed.
  public FoldCheck(Store store, Models models, OriginalCheck originals) {
    this.store = Objects.requireNonNull(store);
    this.models = Objects.requireNonNull(models);
    this.originals = Objects.requireNonNull(originals);
  }

  /// What differs in the whole store; empty when nothing does.
  public List<Difference> everything() {
    List<Difference> differences = new ArrayList<>();
    List<ScopeHead> heads = store.heads(null, SCOPES_PER_PAGE);
    while (!heads.isEmpty()) {
      heads.forEach(head -> differences.addAll(scope(head.scope())));
      heads = store.heads(heads.getLast().scope(), SCOPES_PER_PAGE);
    }
    differences.addAll(originals());
    return differences;
  }

  /// Originals that cannot be read or are not what was signed, but for those that [#scope] has
  /// named before.
  public List<Difference> originals() {
    List<Difference> lost = new ArrayList<>();
    List<Found> page = store.findAfter(0, PAGE);
    while (!page.isEmpty()) {
      for (Found found : page) {
        if (!named.contains(found.id()) && lost.size() < DIFFERENCES_MAX) {
          fault(found).ifPresent(detail -> lost.add(new Difference(null, 0, null, detail)));
        }
      }
      page = store.findAfter(page.getLast().id(), PAGE);
    }
    return lost;
  }

  private Optional<String> fault(Found found) {
    return found.proof().size() == 0
        ? Optional.of(lost(found.id()))
        : originals.fault(found.proof()).map(wrong -> original(found.id()) + wrong);
  }

  private static String lost(long id) {
    return original(id) + "cannot be read";
  }

  private static String original(long id) {
    return "the original of the change " + id + " ";
  }

  /// What differs in one scope; empty when nothing does.
  public List<Difference> scope(ScopeName scope) {
    return new Scope(scope).check();
  }

  /// The check of one scope under way.
  private final class Scope {

    private final ScopeName name;
    private final Folding folding = new Folding(model -> models.of(model).rule());
    private final Set<EntityKey> known = new HashSet<>();
    private final List<Difference> differences = new ArrayList<>();

    Scope(ScopeName name) {
      this.name = name;
    }

    List<Difference> check() {
      ScopeHead head = store.head(name);
      each(after -> store.floor(name, after, PAGE), this::standAtFloor);
      long lastSeq = head.floorSeq();
      long lastId = head.floorId();
      Reading reading = store.read(name, lastId, PAGE);
      while (reading instanceof Reading.Page page && !page.changes().isEmpty()) {
        for (Change change : page.changes()) {
          inOrder(lastSeq, lastId, change);
          folding.add(change);
          known.add(change.entity());
          lastSeq = change.seq();
          lastId = change.id();
        }
        reading = store.read(name, lastId, PAGE);
      }
      atHead(head, lastSeq, lastId);
      each(after -> store.state(name, after, PAGE), this::compare);
      known.forEach(this::missing);
      return List.copyOf(differences);
    }

    private void standAtFloor(Entity entity) {
      folding.begin(entity);
      known.add(entity.key());
    }

    private void missing(EntityKey key) {
      Entity left = Objects.requireNonNull(folding.whole(key));
      differ(left.seq(), key, "the log makes it, the state does not have it");
    }

    private void inOrder(long lastSeq, long lastId, Change change) {
      Entity before = folding.soFar(change.entity());
      expect(change, "seq", lastSeq + 1, change.seq());
      expect(change, "version", before == null ? 1 : before.version() + 1, change.version());
      expect(change, "prior", before == null ? 0 : before.seq(), change.prior());
      if (change.isProofLost()) {
        named.add(change.id());
        differ(change.seq(), change.entity(), lost(change.id()));
      }
      if (change.id() <= lastId) {
        differ(change.seq(), change.entity(), "id " + change.id() + " after id " + lastId);
      }
    }

    private void expect(Change change, String what, long expected, long found) {
      if (expected != found) {
        differ(
            change.seq(),
            change.entity(),
            what + " " + expected + " is expected, " + found + " is there");
      }
    }

    private void atHead(ScopeHead head, long lastSeq, long lastId) {
      if (head.seq() != lastSeq || head.id() != lastId) {
        differ(
            0,
            null,
            "the head says seq "
                + head.seq()
                + " and id "
                + head.id()
                + ", the log ends with seq "
                + lastSeq
                + " and id "
                + lastId);
      }
    }

    private void compare(Entity found) {
      MergeRule rule = models.of(found.key().model()).rule();
      known.remove(found.key());
      Entity expected = folding.whole(found.key());
      Entity shown =
          rule instanceof DocumentRule document
              ? DocumentTrail.whole(store, found, document)
              : found;
      if (expected == null || !rule.isSame(expected, shown)) {
        differ(found.seq(), found.key(), EntityDifference.told(expected, shown));
      }
    }

    private void differ(long seq, @Nullable EntityKey entity, String detail) {
      if (differences.size() < DIFFERENCES_MAX) {
        differences.add(new Difference(name, seq, entity, detail));
      }
    }
  }

  private static void each(
      Function<SnapshotPage.@Nullable Place, SnapshotPage> pages, Consumer<Entity> take) {
    SnapshotPage.Place after = null;
    do {
      SnapshotPage page = pages.apply(after);
      page.entities().forEach(take);
      after = page.next();
    } while (after != null);
  }
}
