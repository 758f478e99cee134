package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One of several versions of an entity of which none knew the others.
///
/// @param seq the change that made it
/// @param cause what its writer had done and seen
/// @param hlc its time
/// @param deleted whether this version is a delete
/// @param data its fields; empty for a delete
public record Sibling(long seq, Cause cause, long hlc, boolean deleted, JsonObject data) {

  private static final String SIBLINGS = "siblings";

  /// The versions of an entity that stand side by side and differ, by ascending seq; one when
  /// nothing is unsettled.
  public static List<Sibling> of(@Nullable Entity entity) {
    return distinct(kept(entity));
  }

  /// Of versions that say the same only the first.
  static List<Sibling> distinct(List<Sibling> siblings) {
    List<Sibling> distinct = new ArrayList<>();
    for (Sibling sibling : siblings) {
      if (distinct.stream().noneMatch(sibling::saysTheSameAs)) {
        distinct.add(sibling);
      }
    }
    return distinct;
  }

  /// All versions that no other one covers, those included that say the same: each of them must be
  /// covered before it goes, and the winner must not depend on which came first.
  static List<Sibling> kept(@Nullable Entity entity) {
    JsonObject state = entity == null ? null : entity.ruleState();
    List<Sibling> siblings = new ArrayList<>();
    if (state != null && state.get(SIBLINGS) instanceof JsonArray(List<Json> values)) {
      values.forEach(value -> siblings.add(read((JsonObject) value)));
    }
    return siblings;
  }

  /// What an entity remembers of its versions.
  static JsonObject state(List<Sibling> siblings) {
    List<Json> values = new ArrayList<>();
    siblings.forEach(sibling -> values.add(sibling.write()));
    return JsonObject.of(SIBLINGS, new JsonArray(values));
  }

  /// Whether both say the same, so that there is nothing to settle between them.
  boolean saysTheSameAs(Sibling other) {
    return deleted == other.deleted && data.equals(other.data);
  }

  private JsonObject write() {
    return JsonObject.EMPTY
        .with("seq", seq)
        .with("device", cause.device().text())
        .with("n", cause.n())
        .with("base", cause.base())
        .with("hlc", hlc)
        .with("deleted", JsonBoolean.of(deleted))
        .with("data", data);
  }

  private static Sibling read(JsonObject value) {
    Cause cause =
        new Cause(
            new DeviceId(value.string("device").orElseThrow()),
            value.number("n").orElseThrow(),
            value.number("base").orElseThrow());
    return new Sibling(
        value.number("seq").orElseThrow(),
        cause,
        value.number("hlc").orElseThrow(),
        value.get("deleted") == JsonBoolean.TRUE,
        value.get("data") instanceof JsonObject data ? data : JsonObject.EMPTY);
  }
}
