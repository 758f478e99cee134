package dev.anabranch.kernel.presence;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one client last said of itself, or something that is said once; never logged.
///
/// What is said once takes no place: whoever follows the scope just then hears it, nobody finds it
/// later, and nothing says that it is over.
///
/// @param at where and who
/// @param principal whose client it is
/// @param value what it said; null = it is gone
/// @param expiresAt milliseconds since 1970; at most 60 s after it was said; 0 = said once
public record Present(Place at, PrincipalId principal, @Nullable JsonObject value, long expiresAt) {

  /// The longest time a value lives, in milliseconds.
  public static final long TTL_MILLIS_MAX = 60_000;

  /// The longest topic, in characters.
  public static final int TOPIC_CHARS_MAX = 512;

  /// The largest value as JSON text, in characters.
  public static final int VALUE_CHARS_MAX = 4096;

  public Present {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(principal, "principal");
  }

  /// Something that is said once.
  ///
  /// @param topic what about
  public static Present once(
      ScopeName scope, String topic, PrincipalId principal, JsonObject value) {
    return new Present(
        new Place(scope, topic, "", 0), principal, Objects.requireNonNull(value, "value"), 0);
  }

  /// Whether it is said once, and is nobody's presence.
  public boolean isOnce() {
    return value != null && expiresAt == 0;
  }

  /// Under which a value replaces the one before.
  ///
  /// @param scope where
  /// @param topic what about, such as a document's name; empty = the scope itself
  /// @param device the device; empty = the client named none
  /// @param client the connection, numbered by the server; 0 = none
  public record Place(ScopeName scope, String topic, String device, long client) {
    public Place {
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(topic, "topic");
      Objects.requireNonNull(device, "device");
      if (topic.length() > TOPIC_CHARS_MAX || device.length() > DeviceId.BYTES_MAX) {
        throw new IllegalArgumentException("topic or device too long");
      }
    }
  }
}
