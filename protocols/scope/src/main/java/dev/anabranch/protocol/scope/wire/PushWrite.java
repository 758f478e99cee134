package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One write of a push.
///
/// @param key `key`: makes a retry harmless; unique per scope and principal
/// @param scope `scope`
/// @param model `model`: any spelling the server knows
/// @param id `id`: the entity, named by the client
/// @param action `action`: `insert`, `update`, `delete` or `merge`
/// @param data `data`: new or changed fields; absent or null for delete and merge
/// @param body `body` in base64, in place of `data`: a document's update or a ciphertext
/// @param version `version`: the one the writer last saw, 0 = it must not live; absent = whatever
///   is there
/// @param device `device`: the writing device; absent = the connection's, if it named one
/// @param n `n`: the device's count of its writes in the scope; absent = the server counts
/// @param base `base`: the highest seq the writer had seen without a hole; absent = unknown
public record PushWrite(
    WriteKey key,
    ScopeName scope,
    ModelName model,
    EntityId id,
    Action action,
    @Nullable JsonObject data,
    @Nullable Bytes body,
    @Nullable Long version,
    @Nullable DeviceId device,
    @Nullable Long n,
    @Nullable Long base)
    implements PushEntry {

  public PushWrite {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(action, "action");
    if (data != null && body != null) {
      throw new IllegalArgumentException("data and body");
    }
    if (device != null && device.isAssigned()) {
      throw new IllegalArgumentException("a device's name may not begin with ~: " + device);
    }
    if ((version != null && version < 0) || (n != null && n < 1) || (base != null && base < 0)) {
      throw new IllegalArgumentException("version " + version + ", n " + n + ", base " + base);
    }
  }

  /// The device of a text, when a client may name it so: those that begin with `~` are the
  /// server's.
  public static Optional<DeviceId> parseDevice(String text) {
    return DeviceId.parse(text).filter(device -> !device.isAssigned());
  }

  /// A write of fields that names no device and expects no version.
  public static PushWrite of(
      WriteKey key,
      ScopeName scope,
      ModelName model,
      EntityId id,
      Action action,
      @Nullable JsonObject data) {
    return new PushWrite(key, scope, model, id, action, data, null, null, null, null, null);
  }

  /// This write, only if the entity still has that version; 0 = only if it does not live.
  public PushWrite expecting(long expected) {
    return new PushWrite(key, scope, model, id, action, data, body, expected, device, n, base);
  }

  /// This write, counted by its device.
  public PushWrite countedBy(DeviceId writer, @Nullable Long count, @Nullable Long seen) {
    return new PushWrite(key, scope, model, id, action, data, body, version, writer, count, seen);
  }
}
