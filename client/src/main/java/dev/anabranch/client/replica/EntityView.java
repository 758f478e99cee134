package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One thing as this device sees it: what the server last said with this device's pending writes on
/// top.
///
/// @param key its name
/// @param data its fields
/// @param version the version that it has once every pending write is applied and nobody else wrote
///   in between; until then somebody else's write may come to this number
/// @param syncId the id of the last change of the server that is in it; 0 = the server never told
///   it
/// @param createdAt server time of its insert, in milliseconds since 1970; 0 = the server never
///   told it
/// @param updatedAt server time of the last change that is in it, likewise
/// @param pending how many writes of this device are in it that the server has not confirmed
/// @param lastWrite the place of the last of these in the queue; 0 = there is none
public record EntityView(
    EntityKey key,
    JsonObject data,
    long version,
    long syncId,
    long createdAt,
    long updatedAt,
    int pending,
    long lastWrite) {

  public EntityView {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(data, "data");
  }

  /// The version that the server last told: what is pending is not in it. 0 = it did not live.
  public long knownVersion() {
    return version - pending;
  }

  /// Its id within scope and model.
  public String id() {
    return key.id().text();
  }

  /// The name of its model.
  public String model() {
    return key.model().text();
  }

  /// A field's value, or null when it is not there.
  public @Nullable Json get(String field) {
    return data.get(field);
  }

  /// A field's text, if it is there and a string.
  public Optional<String> string(String field) {
    return data.string(field);
  }

  /// A field's whole number, if it is there and one.
  public OptionalLong number(String field) {
    return data.number(field);
  }

  /// Whether a user would notice the difference: other fields, or there and not there.
  public static boolean looksAlike(@Nullable EntityView one, @Nullable EntityView other) {
    JsonObject before = one == null ? null : one.data;
    JsonObject after = other == null ? null : other.data;
    return Objects.equals(before, after);
  }
}
