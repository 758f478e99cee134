package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [SyncRecord] as JSON, alone and by model.
final class RecordFormat {
  private static final String BODY = "$body";
  private static final String OTHER_FIELDS = "$fields";

  /// How the names that may not stand flat look in the text of an object.
  private static final List<String> RESERVED =
      SyncRecord.RESERVED.stream().map(name -> '"' + name + "\":").toList();

  private RecordFormat() {}

  static void write(SyncRecord item, StringBuilder out) {
    ObjectWriter object =
        ObjectWriter.begin(out)
            .text("id", item.id().text())
            .text("scope", item.scope().text())
            .number("version", item.version())
            .number("syncId", item.syncId());
    if (item.deleted()) {
      object.flag("deleted", true).end();
      return;
    }
    object.number("createdAt", item.createdAt()).number("updatedAt", item.updatedAt());
    String text = item.fields().text();
    if (isFlat(text)) {
      if (text.length() > 2) {
        out.append(',').append(text, 1, text.length() - 1);
      }
    } else {
      writeFields(item, object, out);
    }
    object.bytesIfThere(BODY, item.body()).end();
  }

  /// Whether all names of an object's text are surely such as may stand flat; most are.
  private static boolean isFlat(String text) {
    for (int quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', quote + 1)) {
      if (text.startsWith("$", quote + 1) || isReserved(text, quote)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isReserved(String text, int quote) {
    for (String name : RESERVED) {
      if (text.startsWith(name, quote)) {
        return true;
      }
    }
    return false;
  }

  private static void writeFields(SyncRecord item, ObjectWriter object, StringBuilder out) {
    Map<String, Json> others = new LinkedHashMap<>();
    item.fields()
        .fields()
        .forEach((name, value) -> {
          if (SyncRecord.isFlat(name)) {
            out.append(',');
            JsonString.quote(name, out);
            out.append(':');
            value.writeTo(out);
          } else {
            others.put(name, value);
          }
        });
    if (!others.isEmpty()) {
      object.object(OTHER_FIELDS, JsonObject.of(others));
    }
  }

  static SyncRecord read(Fields fields) {
    EntityId id = fields.name("id", EntityId::parse);
    ScopeName scope = fields.name("scope", ScopeName::parse);
    long version = fields.number("version", 1);
    long syncId = fields.number("syncId", 1);
    if (!fields.has("createdAt") && fields.flag("deleted")) {
      return SyncRecord.deleted(id, scope, version, syncId);
    }
    return new SyncRecord(
        id,
        scope,
        version,
        syncId,
        fields.number("createdAt", 0),
        fields.number("updatedAt", 0),
        ownFields(fields),
        fields.bytesOrNull(BODY),
        false);
  }

  private static JsonObject ownFields(Fields fields) {
    Map<String, Json> own = new LinkedHashMap<>();
    fields
        .object()
        .fields()
        .forEach((name, value) -> {
          if (SyncRecord.isFlat(name)) {
            own.put(name, value);
          }
        });
    JsonObject others = fields.objectOrNull(OTHER_FIELDS);
    if (others != null) {
      own.putAll(others.fields());
    }
    return JsonObject.of(own);
  }

  static void writeModels(Map<ModelName, List<SyncRecord>> models, StringBuilder out) {
    ObjectWriter object = ObjectWriter.begin(out);
    models.forEach((model, items) -> {
      object.name(model.text()).append('[');
      for (int index = 0; index < items.size(); index++) {
        if (index > 0) {
          out.append(',');
        }
        write(items.get(index), out);
      }
      out.append(']');
    });
    object.end();
  }

  static Map<ModelName, List<SyncRecord>> readModels(Fields fields) {
    Map<ModelName, List<SyncRecord>> models = new LinkedHashMap<>();
    fields
        .object("models")
        .fields()
        .forEach((name, value) -> {
          ModelName model =
              ModelName.parse(name)
                  .orElseThrow(() -> Mistake.invalid("models holds no valid model name: " + name));
          String place = "models." + name;
          models.put(model, records(Fields.of(JsonObject.of(name, value)).list(name), place));
        });
    return models;
  }

  private static List<SyncRecord> records(List<Json> values, String place) {
    List<SyncRecord> records = new ArrayList<>();
    for (Json each : values) {
      records.add(read(Fields.of(each, place + "[" + records.size() + "]")));
    }
    return records;
  }
}
