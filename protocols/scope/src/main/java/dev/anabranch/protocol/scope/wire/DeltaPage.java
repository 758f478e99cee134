package dev.anabranch.protocol.scope.wire;

import java.util.List;

/// Changes after a cursor: the answer to `GET /sync/delta`.
///
/// @param events `events`: by ascending seq, without a hole
/// @param latestSyncId `latestSyncId`: the cursor after them; the asked one when there are none
/// @param hasMore `hasMore`: whether more were there already
public record DeltaPage(List<SyncEvent> events, long latestSyncId, boolean hasMore) {

  public DeltaPage {
    events = List.copyOf(events);
  }
}
