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
/// decides anew, or later, is told the same. Used by the writer's thread, behind whose back nothing
/// is committed.
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
    return found.computeIfAbsent(search, this::read);
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
