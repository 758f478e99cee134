package dev.anabranch.testkit;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import java.util.List;
import java.util.random.RandomGenerator;

/// Writes of every kind to a few entities, so that they meet; the same seed makes the same writes.
public final class WriteGenerator {

  private static final List<ModelName> MODELS =
      List.of(
          TestModels.NOTE,
          TestModels.NOTE,
          TestModels.PAYMENT,
          TestModels.EVENT,
          TestModels.MESSAGE,
          TestModels.DOCUMENT,
          TestModels.MARKER);

  private final RandomGenerator random;
  private final String keys;
  private int count;

  /// A generator.
  ///
  /// @param keys what the keys of its writes begin with
  public WriteGenerator(RandomGenerator random, String keys) {
    this.random = random;
    this.keys = keys;
  }

  /// The next write to a scope.
  public Write next(ScopeName scope) {
    ModelName model = MODELS.get(random.nextInt(MODELS.size()));
    EntityKey entity = new EntityKey(scope, model, new EntityId("e" + random.nextInt(4)));
    WriteKey key = new WriteKey(keys + count++);
    return switch (model.text()) {
      case "payment" ->
          Write.insert(key, new EntityKey(scope, model, new EntityId("p" + key)), fields());
      case "event" -> put(key, entity).at(Hlc.ofMillis(1 + random.nextInt(1000)));
      case "message" -> claimed(put(key, entity));
      case "document" -> document(key, entity);
      case "marker" -> Write.insert(key, entity, JsonObject.EMPTY.with("read", random.nextInt(50)));
      default -> expected(put(key, entity));
    };
  }

  private Write put(WriteKey key, EntityKey entity) {
    return switch (random.nextInt(6)) {
      case 0 -> Write.delete(key, entity);
      case 1, 2 -> Write.update(key, entity, patch());
      default -> Write.insert(key, entity, fields());
    };
  }

  private Write expected(Write write) {
    return random.nextInt(3) == 0 ? write.expecting(random.nextInt(4)) : write;
  }

  private Write claimed(Write write) {
    DeviceId device = new DeviceId(keys + "d" + random.nextInt(3));
    return write.causedBy(new CausalClaim(device, null, (long) random.nextInt(60)));
  }

  private Write document(WriteKey key, EntityKey entity) {
    byte[] update = new byte[1 + random.nextInt(4)];
    random.nextBytes(update);
    return random.nextInt(10) == 0
        ? Write.delete(key, entity)
        : Write.merge(key, entity, Bytes.of(update));
  }

  private JsonObject fields() {
    return JsonObject.EMPTY
        .with("title", "title " + random.nextInt(100))
        .with("count", random.nextInt(1000))
        .with("tags", new JsonArray(List.of(new JsonString("a"), JsonNull.NULL)));
  }

  private JsonObject patch() {
    Json value = random.nextBoolean() ? JsonNull.NULL : new JsonString("p" + random.nextInt(9));
    return JsonObject.of(List.of("title", "count", "tags").get(random.nextInt(3)), value);
  }
}
