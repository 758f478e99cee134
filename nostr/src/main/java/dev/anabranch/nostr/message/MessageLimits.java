package dev.anabranch.nostr.message;

import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.filter.FilterLimits;
import java.util.Objects;

/// How much a message may hold before it is refused.
///
/// @param bytesMax of the whole message
/// @param event of an event in it
/// @param filter of filters in it
public record MessageLimits(int bytesMax, EventLimits event, FilterLimits filter) {

  /// What the relay accepts unless it is configured otherwise: frames of 512 KiB.
  public static final MessageLimits USUAL =
      new MessageLimits(512 * 1024, EventLimits.USUAL, FilterLimits.USUAL);

  public MessageLimits {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(filter, "filter");
    if (bytesMax < 1) {
      throw new IllegalArgumentException(bytesMax + " bytes");
    }
  }
}
