package dev.anabranch.cli.folder;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which changes of an imported batch can be found, as the sequencer would have it: the newest of
/// each entity, as long as it has its original. What was erased has none.
final class ImportedMarks {

  private final TreeMap<Long, Marked> fresh = new TreeMap<>();
  private final List<Long> gone = new ArrayList<>();

  /// The next change.
  ///
  /// @param before the entity as it stood before it
  void add(Model model, @Nullable Entity before, Change change) {
    Marking marking = model.marking();
    if (marking == null) {
      return;
    }
    if (before != null && !before.deleted() && fresh.remove(before.id()) == null) {
      gone.add(before.id());
    }
    if (change.action() != Action.DELETE) {
      marking.of(change).ifPresent(mark -> fresh.put(change.id(), new Marked(change, mark)));
    }
  }

  List<Marked> fresh() {
    return List.copyOf(fresh.values());
  }

  List<Long> gone() {
    return gone;
  }
}
