package dev.anabranch.engine;

import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The originals in a store, as one batch sees them: each search is done once, so that whoever
/// decides anew, or later, is told the same, and those for one name each are done together. Used by
/// the writer's thread, behind whose back nothing is committed.
///
/// What they weigh is bounded: when a batch has found so much already, its later searches find
/// nothing.
final class FoundOriginals implements Originals {

  private static final PageLimit SLICE = new PageLimit(Derivation.ORIGINALS_MAX, 8 * 1024 * 1024);
  private static final int SLICES_MAX = 16;
  private static final long BYTES_MAX = 64 * 1024 * 1024;

  private final Store store;
  private final Map<Search, List<Found>> found = new HashMap<>();
  private long bytes;

  FoundOriginals(Store store) {
    this.store = store;
  }

  @Override
  public List<Found> find(Search search) {
    List<Found> known = found.get(search);
    if (known == null) {
      known = read(search);
      found.put(search, known);
    }
    return known;
  }

  @Override
  public void expect(List<Search> searches) {
    List<Search> single =
        searches.stream().distinct().filter(FoundOriginals::isForOneName).toList();
    for (int from = 0; from < single.size(); from += Derivation.ORIGINALS_MAX) {
      List<Search> some =
          single.subList(from, Math.min(single.size(), from + Derivation.ORIGINALS_MAX));
      Map<Long, List<Found>> byTie = new HashMap<>();
      for (Found one : read(named(some.stream().map(FoundOriginals::tie).toList()))) {
        byTie.computeIfAbsent(one.spot().tie(), ignored -> new ArrayList<>()).add(one);
      }
      some.forEach(search -> found.put(search, byTie.getOrDefault(tie(search), List.of())));
    }
  }

  private static boolean isForOneName(Search search) {
    return search.ties().size() == 1 && search.equals(named(search.ties()));
  }

  private static long tie(Search search) {
    return search.ties().getFirst();
  }

  private static Search named(List<Long> ties) {
    return new Search(
        ties, List.of(), List.of(), List.of(), List.of(), Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private List<Found> read(Search search) {
    List<Found> all = new ArrayList<>();
    @Nullable Spot after = null;
    for (int slice = 0; slice < SLICES_MAX && bytes < BYTES_MAX; slice++) {
      FoundPage page = store.find(search, after, SLICE);
      all.addAll(page.found());
      bytes += page.found().stream().mapToLong(one -> one.proof().size()).sum();
      after = page.next();
      if (after == null || all.size() >= Derivation.ORIGINALS_MAX) {
        break;
      }
    }
    return List.copyOf(all.subList(0, Math.min(all.size(), Derivation.ORIGINALS_MAX)));
  }
}
