package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.ArrayList;
import java.util.List;

/// [SyncEvent] as JSON.
final class EventFormat {
  private EventFormat() {}

  static void write(SyncEvent event, StringBuilder out) {
    ObjectWriter object =
        ObjectWriter.begin(out)
            .number("id", event.id())
            .number("seq", event.seq())
            .text("scope", event.scope().text())
            .text("model", event.model().text())
            .text("model_id", event.modelId().text())
            .text("action", event.action().word())
            .object("data", event.data())
            .bytesIfThere("body", event.body())
            .number("version", event.version())
            .text("author", event.author().text())
            .textIfThere("device", event.device())
            .textIfThere("key", event.key())
            .number("created_at", event.createdAt());
    if (event.erased()) {
      object.flag("erased", true);
    }
    object.end();
  }

  static void writeAll(List<SyncEvent> events, StringBuilder out) {
    out.append('[');
    for (int index = 0; index < events.size(); index++) {
      if (index > 0) {
        out.append(',');
      }
      write(events.get(index), out);
    }
    out.append(']');
  }

  static SyncEvent read(Fields fields) {
    return new SyncEvent(
        fields.number("id", 1),
        fields.number("seq", 1),
        fields.name("scope", ScopeName::parse),
        fields.name("model", ModelName::parse),
        fields.name("model_id", EntityId::parse),
        fields.name("action", Action::ofWord),
        fields.objectOrNull("data"),
        fields.bytesOrNull("body"),
        fields.number("version", 1),
        fields.name("author", PrincipalId::parse),
        fields.nameOrNull("device", DeviceId::parse),
        fields.nameOrNull("key", WriteKey::parse),
        fields.number("created_at", 0),
        fields.flag("erased"));
  }

  static List<SyncEvent> readAll(Fields fields) {
    List<SyncEvent> events = new ArrayList<>();
    for (Json each : fields.list("events")) {
      events.add(read(Fields.of(each, "events[" + events.size() + "]")));
    }
    return events;
  }
}
