package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.event.EventId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Who wrote which fields of one entity, by its changes in their order.
final class WrittenParts {

  private final Set<String> theirs = new TreeSet<>();
  private final Map<String, Json> kept = new HashMap<>();
  private boolean isKeptInPart;
  private boolean hasBody;
  private boolean isDeleted;
  private long version;

  /// One change more.
  ///
  /// @param isByThem whether those wrote it who vanish
  /// @param isTaken whether it is taken back, and not later than that
  void add(Change change, boolean isByThem, boolean isTaken) {
    isKeptInPart |= version == 0 && change.version() > 1; // what was folded away is anybody's
    version = change.version();
    isDeleted = change.action() == Action.DELETE;
    if (isDeleted) {
      theirs.clear();
      kept.clear();
      isKeptInPart = false;
      hasBody = false;
      return;
    }
    JsonObject data = change.data() == null ? JsonObject.EMPTY : change.data();
    if (isByThem) {
      theirs.addAll(data.fields().keySet()); // all of their changes are blanked: see Write.erasing
      hasBody |= change.body() != null;
    }
    if (!isTaken && !change.author().equals(NostrChanges.eraser().principal())) {
      isKeptInPart = true;
      kept.putAll(data.fields());
    }
  }

  /// What takes their part back, if nothing has changed since.
  ///
  /// @param names who they are
  /// @param isByField whether the rule keeps fields apart
  Write write(EventId request, EntityKey entity, Set<PrincipalId> names, boolean isByField) {
    String place = NostrChanges.sha256(entity.scope() + "\n" + entity.model() + "\n" + entity.id());
    WriteKey key = new WriteKey(request.hex() + "/vanish/" + place + "/" + version);
    if (isDeleted) {
      return Write.delete(key, entity).erasing(Set.of());
    }
    if (!isKeptInPart || !isByField || hasBody) {
      return Write.delete(key, entity).expecting(version).erasing(Set.of());
    }
    JsonObject back = JsonObject.EMPTY;
    for (String field : theirs) {
      back = back.with(field, kept.getOrDefault(field, JsonNull.NULL));
    }
    return Write.update(key, entity, back).expecting(version).erasing(names);
  }
}
