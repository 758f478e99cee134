package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pushes and their outcomes as JSON; the same over WebSocket and HTTP.
final class PushFormat {
  private PushFormat() {}

  /// Appends `"writes":[…]` and `"atomic"` to an object.
  static void write(PushBatch batch, ObjectWriter object) {
    StringBuilder out = object.name("writes").append('[');
    for (int index = 0; index < batch.writes().size(); index++) {
      if (index > 0) {
        out.append(',');
      }
      write(batch.writes().get(index), out);
    }
    out.append(']');
    if (batch.atomic()) {
      object.flag("atomic", true);
    }
  }

  private static void write(PushEntry entry, StringBuilder out) {
    if (!(entry instanceof PushWrite write)) {
      throw new IllegalArgumentException("a mistaken write is never sent: " + entry);
    }
    ObjectWriter object =
        ObjectWriter.begin(out)
            .text("key", write.key().text())
            .text("scope", write.scope().text())
            .text("model", write.model().text())
            .text("id", write.id().text())
            .text("action", write.action().word());
    if (write.data() != null) {
      object.object("data", write.data());
    }
    object
        .bytesIfThere("body", write.body())
        .numberIfThere("version", write.version())
        .textIfThere("device", write.device())
        .numberIfThere("n", write.n())
        .numberIfThere("base", write.base())
        .end();
  }

  static PushBatch readBatch(Fields fields) {
    List<Json> writes = fields.list("writes");
    if (writes.size() > Commit.WRITES_MAX) {
      throw Mistake.of(
          ScopeFault.TOO_LARGE,
          "writes holds " + writes.size() + " writes; at most " + Commit.WRITES_MAX);
    }
    List<PushEntry> entries = new ArrayList<>(writes.size());
    for (Json each : writes) {
      entries.add(entry(each, "writes[" + entries.size() + "]"));
    }
    return new PushBatch(entries, fields.flag("atomic"));
  }

  private static PushEntry entry(Json value, String place) {
    try {
      return readWrite(Fields.of(value, place), place);
    } catch (Mistake mistake) {
      return new PushMistake(keyOf(value), mistake.refusal());
    }
  }

  private static @Nullable WriteKey keyOf(Json value) {
    Optional<String> key =
        value instanceof JsonObject object ? object.string("key") : Optional.empty();
    return key.flatMap(WriteKey::parse).orElse(null);
  }

  private static PushWrite readWrite(Fields fields, String place) {
    JsonObject data = fields.objectOrNull("data");
    Bytes body = fields.bytesOrNull("body");
    if (data != null && body != null) {
      throw Mistake.invalid(place + " has both data and body; a write has one of them");
    }
    return new PushWrite(
        fields.name("key", WriteKey::parse),
        fields.name("scope", ScopeName::parse),
        fields.name("model", ModelName::parse),
        fields.name("id", EntityId::parse),
        fields.name("action", Action::ofWord),
        data,
        body,
        fields.numberOrNull("version", 0),
        fields.nameOrNull("device", PushWrite::parseDevice),
        fields.numberOrNull("n", 1),
        fields.numberOrNull("base", 0));
  }

  static void writeOutcomes(List<PushOutcome> outcomes, StringBuilder out) {
    out.append('[');
    for (int index = 0; index < outcomes.size(); index++) {
      if (index > 0) {
        out.append(',');
      }
      write(outcomes.get(index), out);
    }
    out.append(']');
  }

  private static void write(PushOutcome outcome, StringBuilder out) {
    ObjectWriter object =
        ObjectWriter.begin(out).textIfThere("key", outcome.key()).text("status", outcome.status());
    switch (outcome.result()) {
      case PushOutcome.Applied(long syncId, long seq, long version) ->
          object.number("syncId", syncId).number("seq", seq).number("version", version);
      case PushOutcome.Conflict conflict -> write(conflict, object);
      case PushOutcome.Refused(String code, String detail) ->
          ObjectWriter.begin(object.name("error")).text("code", code).text("detail", detail).end();
    }
    object.end();
  }

  private static void write(PushOutcome.Conflict conflict, ObjectWriter object) {
    if (conflict.leftOut()) {
      object.flag("currentLeftOut", true);
    } else {
      writeCurrent(conflict.current(), object);
    }
  }

  static void writeCurrent(@Nullable SyncRecord current, ObjectWriter object) {
    StringBuilder out = object.name("current");
    if (current == null) {
      out.append("null");
    } else {
      RecordFormat.write(current, out);
    }
  }

  static List<PushOutcome> readOutcomes(Fields fields) {
    List<PushOutcome> outcomes = new ArrayList<>();
    for (Json each : fields.list("outcomes")) {
      outcomes.add(readOutcome(Fields.of(each, "outcomes[" + outcomes.size() + "]")));
    }
    return outcomes;
  }

  private static PushOutcome readOutcome(Fields fields) {
    WriteKey key = fields.nameOrNull("key", WriteKey::parse);
    String status = fields.text("status");
    return switch (status) {
      case "applied" -> PushOutcome.first(key, applied(fields));
      case "conflict" -> PushOutcome.first(key, conflict(fields));
      case "refused" -> PushOutcome.first(key, refused(fields));
      case "duplicate" -> new PushOutcome(key, true, repeated(fields));
      default -> throw Mistake.invalid("status is not a known word: " + status);
    };
  }

  private static PushOutcome.Result repeated(Fields fields) {
    if (fields.has("error")) {
      return refused(fields);
    }
    return fields.has("current") || fields.flag("currentLeftOut")
        ? conflict(fields)
        : applied(fields);
  }

  private static PushOutcome.Conflict conflict(Fields fields) {
    return fields.flag("currentLeftOut")
        ? new PushOutcome.Conflict(null, true)
        : PushOutcome.Conflict.with(current(fields));
  }

  private static PushOutcome.Applied applied(Fields fields) {
    return new PushOutcome.Applied(
        fields.number("syncId", 1), fields.number("seq", 1), fields.number("version", 1));
  }

  private static PushOutcome.Refused refused(Fields fields) {
    Fields error = Fields.of(fields.object("error"), "error");
    return new PushOutcome.Refused(error.text("code"), error.text("detail"));
  }

  static @Nullable SyncRecord current(Fields fields) {
    Json current = fields.object().get("current");
    return current == null || current == JsonNull.NULL
        ? null
        : RecordFormat.read(Fields.of(current, "current"));
  }
}
