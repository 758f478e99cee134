package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One write (seed 000, `payload`).
///
/// @param entity what it is about
/// @param action what is to happen to it
/// @param id the entity's id; null = made from the key on create, `settings` for settings
/// @param chat the chat of a message; null for everything else
/// @param data fields: all of a create, the changed ones of an update (`null` removes one); empty
///   for a delete
/// @param version the version the client has; 0 for a create
/// @param key makes a retry harmless: 1–64 characters, or the SHA-256 of the canonical payload in
///   hex when the client gave none
public record Payload(
    EntityKind entity,
    EntityAction action,
    @Nullable String id,
    @Nullable String chat,
    JsonObject data,
    long version,
    String key) {

  /// The longest key that a client may choose, in characters.
  public static final int KEY_CHARS_MAX = 64;

  public Payload {
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(key, "key");
    if (version < 0) {
      throw new IllegalArgumentException("version " + version);
    }
  }

  /// The payload as a client spells it.
  public JsonObject json() {
    JsonObject json =
        JsonObject.EMPTY
            .with("entity", entity.word())
            .with("action", action.word())
            .with("data", data)
            .with("version", version)
            .with("key", key);
    json = id == null ? json : json.with("id", id);
    return chat == null ? json : json.with("chat", chat);
  }
}
