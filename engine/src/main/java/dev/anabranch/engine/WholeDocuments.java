package dev.anabranch.engine;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;

/// Puts documents' states where readers of entities expect them.
final class WholeDocuments {

  private WholeDocuments() {}

  /// An entity with its state, if it is a document.
  static Entity of(Store store, Models models, Entity entity) {
    return models.of(entity.key().model()).rule() instanceof DocumentRule rule
        ? DocumentTrail.whole(store, entity, rule)
        : entity;
  }

  /// A page with its documents whole; a shorter one when the states exceed the page's bytes.
  static SnapshotPage of(Store store, Models models, SnapshotPage page, PageLimit limit) {
    List<Entity> whole = new ArrayList<>(page.entities().size());
    long bytes = 0;
    for (Entity entity : page.entities()) {
      Entity shown = of(store, models, entity);
      Bytes body = shown.body();
      bytes += body == null ? 0 : body.size();
      if (bytes > limit.bytesMax() && !whole.isEmpty()) {
        Entity last = whole.getLast();
        return new SnapshotPage(whole, new SnapshotPage.Place(last.key().model(), last.key().id()));
      }
      whole.add(shown);
    }
    return new SnapshotPage(whole, page.next());
  }
}
