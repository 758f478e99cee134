package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A first answer as JSON in the table `outcome`: `{"fault", "detail"}` for a refusal,
/// `{"current"}` for a conflict (empty when there is no entity), nothing for an applied write.
public final class AnswerText {

  private AnswerText() {}

  /// The text of an answer; null when the row's own columns say it.
  public static @Nullable String write(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied ignored -> null;
      case Outcome.Conflict(Entity current) ->
          (current == null ? JsonObject.EMPTY : JsonObject.of("current", entity(current))).text();
      case Outcome.Refused(Fault fault) ->
          JsonObject.EMPTY.with("fault", fault.code().word()).with("detail", fault.detail()).text();
      case Outcome.Duplicate duplicate ->
          throw new IllegalArgumentException("not a first answer: " + duplicate);
    };
  }

  /// Id, seq and version of an applied write; zeros for any other answer.
  public static Outcome.Applied place(Outcome outcome) {
    return outcome instanceof Outcome.Applied applied
        ? applied
        : new Outcome.Applied(0, 0, 0, null);
  }

  /// The answer that a text says.
  ///
  /// @param scope where it was given
  public static Outcome read(String text, ScopeName scope) {
    JsonObject answer = JsonDecoder.stored(text);
    if (answer.get("current") instanceof JsonObject current) {
      return new Outcome.Conflict(entity(current, scope));
    }
    return answer
        .string("fault")
        .<Outcome>map(code ->
            new Outcome.Refused(
                new Fault(
                    FaultCode.valueOf(code.toUpperCase(Locale.ROOT)),
                    answer.string("detail").orElseThrow())))
        .orElseGet(() -> new Outcome.Conflict(null));
  }

  private static JsonObject entity(Entity entity) {
    JsonObject text =
        JsonObject.EMPTY
            .with("model", entity.key().model().text())
            .with("id", entity.key().id().text())
            .with("version", entity.version())
            .with("data", entity.data())
            .with("deleted", JsonBoolean.of(entity.deleted()))
            .with("createdAt", entity.createdAt())
            .with("updatedAt", entity.updatedAt())
            .with("changeId", entity.id())
            .with("seq", entity.seq());
    Bytes body = entity.body();
    JsonObject state = entity.ruleState();
    JsonObject full =
        body == null ? text : text.with("body", Base64.getEncoder().encodeToString(body.toArray()));
    return state == null ? full : full.with("ruleState", state);
  }

  private static Entity entity(JsonObject text, ScopeName scope) {
    EntityKey key =
        new EntityKey(
            scope,
            new ModelName(text.string("model").orElseThrow()),
            new EntityId(text.string("id").orElseThrow()));
    return new Entity(
        key,
        text.number("version").orElseThrow(),
        Objects.requireNonNull((JsonObject) text.get("data")),
        text.string("body").map(body -> Bytes.of(Base64.getDecoder().decode(body))).orElse(null),
        text.get("ruleState") instanceof JsonObject state ? state : null,
        text.get("deleted") == JsonBoolean.TRUE,
        text.number("createdAt").orElseThrow(),
        text.number("updatedAt").orElseThrow(),
        text.number("changeId").orElseThrow(),
        text.number("seq").orElseThrow());
  }
}
