package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.ModelName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Living entities of a scope: the answer to `GET /sync/bootstrap` as JSON.
///
/// @param models `models`: records by canonical model name
/// @param lastSyncId `lastSyncId`: the cursor from which to go on; records may be newer
/// @param next `next`: asks for the next page; null (absent) = this was the last one
public record BootstrapPage(
    Map<ModelName, List<SyncRecord>> models, long lastSyncId, @Nullable String next) {

  public BootstrapPage {
    models = Copies.ofLists(models);
  }
}
