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
///
/// What the eraser wrote for others who vanished before is nobody's: it repeats what somebody else
/// had said, is blanked as well, and said again by the next change.
final class WrittenParts {

  private final Set<String> theirs = new TreeSet<>();
  private final Map<String, Json> restored = new HashMap<>();
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
      restored.clear();
      kept.clear();
      isKeptInPart = false;
      hasBody = false;
    } else if (!change.erased()) {
      addLiving(change, isByThem, isTaken);
    }
  }

  private void addLiving(Change change, boolean isByThem, boolean isTaken) {
    Map<String, Json> fields = change.data() == null ? Map.of() : change.data().fields();
    if (change.author().equals(PrincipalId.ERASER)) {
      restored.putAll(fields);
      return;
    }
    if (isByThem) {
      theirs.addAll(fields.keySet()); // all of their changes are blanked: see Write.erasing
      hasBody |= change.body() != null;
    }
    if (!isTaken) {
      isKeptInPart = true;
      kept.putAll(fields);
    }
  }

  /// What takes their part back, if nothing has changed since.
  ///
  /// @param names who they are
  /// @param isByField whether the rule keeps fields apart
  Write write(EventId request, EntityKey entity, Set<PrincipalId> names, boolean isByField) {
    String place = NostrChanges.sha256(entity.scope() + "\n" + entity.model() + "\n" + entity.id());
    WriteKey key = new WriteKey(request.hex() + "/vanish/" + place + "/" + version);
    if (isDeleted || !isKeptInPart || !isByField || hasBody) {
      long expected = isDeleted ? 0 : version;
      return Write.delete(key, entity).expecting(expected).erasing(names);
    }
    return Write.update(key, entity, back()).expecting(version).erasing(names);
  }

  /// Every field that a blanked change had set, as it is without them.
  private JsonObject back() {
    JsonObject back = JsonObject.EMPTY;
    for (String field : theirs) {
      back = back.with(field, kept.getOrDefault(field, JsonNull.NULL));
    }
    for (Map.Entry<String, Json> each : restored.entrySet()) {
      if (!theirs.contains(each.getKey())) {
        back = back.with(each.getKey(), kept.getOrDefault(each.getKey(), each.getValue()));
      }
    }
    return back;
  }
}
