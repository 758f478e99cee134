package dev.anabranch.protocol.nostr.server;

/// How much of one author is kept.
///
/// @param eventsMax 0 = any number
/// @param bytesMax of their JSON; 0 = any number
public record NostrQuota(long eventsMax, long bytesMax) {

  /// Everything is.
  public static final NostrQuota NONE = new NostrQuota(0, 0);

  public NostrQuota {
    if (eventsMax < 0 || bytesMax < 0) {
      throw new IllegalArgumentException(eventsMax + " events, " + bytesMax + " bytes");
    }
  }

  boolean isNone() {
    return eventsMax == 0 && bytesMax == 0;
  }

  boolean holds(long events, long bytes) {
    return (eventsMax == 0 || events <= eventsMax) && (bytesMax == 0 || bytes <= bytesMax);
  }
}
