package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rule `greatest`: every field is a whole number and only grows (read and delivered markers);
/// smaller is a no-op.
public final class GreatestRule implements MergeRule {

  @Override
  public String word() {
    return "greatest";
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    JsonObject data = write.data();
    if (write.action() == Action.DELETE || write.action() == Action.MERGE || data == null) {
      return Verdict.refuse(FaultCode.UNSUITABLE, "a marker is only moved up, by insert or update");
    }
    for (Map.Entry<String, Json> field : data.fields().entrySet()) {
      if (!(field.getValue() instanceof JsonNumber number && number.isLong())) {
        return Verdict.refuse(
            FaultCode.INVALID, "the marker " + field.getKey() + " must be a whole number");
      }
    }
    JsonObject grown = grown(current == null ? JsonObject.EMPTY : current.data(), data);
    if (current != null && grown.fields().isEmpty()) {
      return new Verdict.Unchanged();
    }
    return new Verdict.Accept(current == null ? Action.INSERT : Action.UPDATE, grown, null);
  }

  private static JsonObject grown(JsonObject before, JsonObject data) {
    Map<String, Json> grown = new LinkedHashMap<>();
    data.fields()
        .forEach((name, value) -> {
          long asked = ((JsonNumber) value).longValue();
          if (before.get(name) == null || asked > before.number(name).orElse(Long.MIN_VALUE)) {
            grown.put(name, value);
          }
        });
    return JsonObject.of(grown);
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    JsonObject before = current == null ? JsonObject.EMPTY : current.data();
    return Folds.living(current, change, before.patchedBy(Folds.fresh(change.data())), null);
  }
}
