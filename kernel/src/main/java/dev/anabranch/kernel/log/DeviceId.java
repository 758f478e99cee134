package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;

/// Names one installation of a principal: the actor in vectors.
///
/// @param text 1–201 bytes of UTF-8 without control characters
public record DeviceId(String text) implements Comparable<DeviceId> {

  /// The longest accepted text, in bytes of UTF-8.
  public static final int BYTES_MAX = PrincipalId.BYTES_MAX + 1;

  public DeviceId {
    Objects.requireNonNull(text, "text");
    if (!Text.isPlain(text, BYTES_MAX)) {
      throw new IllegalArgumentException("not 1 to " + BYTES_MAX + " plain bytes: " + text);
    }
  }

  /// The id, when the text is one.
  public static Optional<DeviceId> parse(String text) {
    return Text.isPlain(text, BYTES_MAX) ? Optional.of(new DeviceId(text)) : Optional.empty();
  }

  /// The device that the sequencer assigns to writes that name none: `~<principal>`.
  public static DeviceId assignedTo(PrincipalId principal) {
    return new DeviceId("~" + principal.text());
  }

  /// Whether the sequencer assigned it; such a device says nothing about what its writer had seen.
  public boolean isAssigned() {
    return text.startsWith("~");
  }

  @Override
  public int compareTo(DeviceId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
