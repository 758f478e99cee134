package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.ModelName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One line of a bootstrap as NDJSON (`application/x-ndjson`).
public sealed interface BootstrapLine {

  /// A living entity: `{"model": …, "record": {…}}`.
  record Item(ModelName model, SyncRecord item) implements BootstrapLine {
    public Item {
      Objects.requireNonNull(model, "model");
      Objects.requireNonNull(item, "item");
    }
  }

  /// The last line; without it the answer is broken and must be discarded.
  ///
  /// @param lastSyncId `lastSyncId`: the cursor from which to go on
  /// @param count `count`: how many items came before
  /// @param next `next`: asks for the next page; null (absent) = this was the last one
  record End(long lastSyncId, long count, @Nullable String next) implements BootstrapLine {}
}
