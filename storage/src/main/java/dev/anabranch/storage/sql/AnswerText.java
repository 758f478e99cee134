package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// First answers as the JSON text that the table `outcome` keeps.
public final class AnswerText {

  private AnswerText() {}

  /// The text of an answer.
  public static String of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied applied ->
          JsonObject.EMPTY
              .with("status", "applied")
              .with("id", applied.id())
              .with("seq", applied.seq())
              .with("version", applied.version())
              .text();
      case Outcome.Conflict(@Nullable Entity current) ->
          JsonObject.EMPTY
              .with("status", "conflict")
              .with("current", current == null ? JsonNull.NULL : entity(current))
              .text();
      case Outcome.Refused refused ->
          JsonObject.EMPTY
              .with("status", "refused")
              .with("code", refused.fault().code().word())
              .with("detail", refused.fault().detail())
              .text();
      case Outcome.Duplicate ignored ->
          throw new IllegalArgumentException("a duplicate is not a first answer");
    };
  }

  /// The answer of a text.
  public static Outcome parse(String text, ScopeName scope) {
    JsonObject answer = JsonDecoder.stored(text);
    return switch (word(answer, "status")) {
      case "applied" ->
          new Outcome.Applied(
              number(answer, "id"), number(answer, "seq"), number(answer, "version"), null);
      case "conflict" ->
          new Outcome.Conflict(
              answer.get("current") instanceof JsonObject current ? entity(current, scope) : null);
      case "refused" ->
          Outcome.refused(
              FaultCode.valueOf(word(answer, "code").toUpperCase(Locale.ROOT)),
              word(answer, "detail"));
      default -> throw new IllegalStateException("stored answer is damaged: " + text);
    };
  }

  private static JsonObject entity(Entity entity) {
    Bytes body = entity.body();
    return JsonObject.EMPTY
        .with("model", entity.key().model().text())
        .with("entity", entity.key().id().text())
        .with("version", entity.version())
        .with("data", entity.data())
        .with(
            "body",
            body == null
                ? JsonNull.NULL
                : new JsonString(Base64.getEncoder().encodeToString(body.toArray())))
        .with("ruleState", entity.ruleState() == null ? JsonNull.NULL : entity.ruleState())
        .with("deleted", JsonBoolean.of(entity.deleted()))
        .with("createdAt", entity.createdAt())
        .with("updatedAt", entity.updatedAt())
        .with("id", entity.id())
        .with("seq", entity.seq());
  }

  private static Entity entity(JsonObject entity, ScopeName scope) {
    ModelName model = new ModelName(word(entity, "model"));
    EntityId id = new EntityId(word(entity, "entity"));
    return new Entity(
        new EntityKey(scope, model, id),
        number(entity, "version"),
        entity.get("data") instanceof JsonObject data ? data : JsonObject.EMPTY,
        body(entity.get("body")),
        entity.get("ruleState") instanceof JsonObject state ? state : null,
        entity.get("deleted") == JsonBoolean.TRUE,
        number(entity, "createdAt"),
        number(entity, "updatedAt"),
        number(entity, "id"),
        number(entity, "seq"));
  }

  private static @Nullable Bytes body(@Nullable Json body) {
    return body instanceof JsonString(String text)
        ? Bytes.of(Base64.getDecoder().decode(text))
        : null;
  }

  private static String word(JsonObject object, String name) {
    return object.string(name).orElseThrow();
  }

  private static long number(JsonObject object, String name) {
    return object.number(name).orElseThrow();
  }
}
