package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.filter.FilterLimits;
import dev.anabranch.nostr.message.MessageLimits;
import java.util.Objects;

/// What one client of the relay can cost. NIP-11 tells what clients need to know.
///
/// @param message of one message, the event and the filters in it
/// @param subscriptionsMax of one connection
/// @param storedMax the most stored events that one filter gets
/// @param storedDefault how many it gets that names no limit
/// @param countMax how many events a COUNT looks at before it says "about"
/// @param countsMax COUNTs of one connection that run or wait for their turn
/// @param reconcileMax how many events a reconciliation may be about
/// @param reconciliationsMax of one connection
/// @param reconciledRecordsMax how many events all reconciliations of the relay may be about
/// @param reconcileIdleSeconds how long a reconciliation may wait for the client's next message
/// @param waitingEventsMax events of one connection that are verified or committed just now
/// @param waitingBytesMax bytes of those of all connections, two for each character; one connection
///   may have a quarter of it
/// @param waitingLiveMax live events that wait for one subscription's stored ones
/// @param feedEventsMax new events of all that wait to be told; beyond it they are read instead
/// @param feedBytesMax about how many bytes these may have, likewise
/// @param keysMax keys that one connection may authenticate
/// @param aheadSeconds how far ahead of our clock an event may be dated
/// @param behindSeconds how far back; 0 = any
/// @param workBitsMin proof of work that an event needs; 0 = none
/// @param frames messages of any kind a second from one connection, which ends beyond
/// @param connection EVENT and AUTH a second from one connection
/// @param address EVENT and AUTH a second from one address
/// @param author events a second by one author
/// @param requests REQ, COUNT, NEG-OPEN and NEG-MSG a second from one connection
/// @param addressRequests the same from one address
/// @param trackedMax addresses and authors whose rates are remembered
/// @param tellsExtent whether EOSE says `finish` or `more` (NIP-67); some clients take such an EOSE
///   for none at all (decision 0071)
public record NostrLimits(
    MessageLimits message,
    int subscriptionsMax,
    int storedMax,
    int storedDefault,
    int countMax,
    int countsMax,
    int reconcileMax,
    int reconciliationsMax,
    int reconciledRecordsMax,
    int reconcileIdleSeconds,
    int waitingEventsMax,
    long waitingBytesMax,
    int waitingLiveMax,
    int feedEventsMax,
    long feedBytesMax,
    int keysMax,
    int aheadSeconds,
    int behindSeconds,
    int workBitsMin,
    Rate frames,
    Rate connection,
    Rate address,
    Rate author,
    Rate requests,
    Rate addressRequests,
    int trackedMax,
    boolean tellsExtent) {

  /// What holds when nobody says anything.
  public static final NostrLimits DEFAULT =
      new NostrLimits(
          new MessageLimits(
              256 * 1024,
              new EventLimits(256 * 1024, 5_000, 100, 65_536),
              new FilterLimits(20, 5_000, 256)),
          64,
          5_000,
          500,
          100_000,
          64,
          100_000,
          4,
          1_000_000,
          120,
          2_000,
          64L * 1024 * 1024,
          1_000,
          65_536,
          64L * 1024 * 1024,
          16,
          900,
          0,
          0,
          new Rate(5_000, 50_000),
          new Rate(2_000, 20_000),
          new Rate(4_000, 40_000),
          new Rate(200, 5_000),
          new Rate(200, 2_000),
          new Rate(1_000, 10_000),
          100_000,
          false);

  private static final int BYTES_AROUND_EVENT = "[\"EVENT\",]".length();

  /// The longest message that is taken whatever it says: where events have a lower limit of their
  /// own, the longest that holds one.
  int messageBytesTaken() {
    long holding = (long) message.event().bytesMax() + BYTES_AROUND_EVENT;
    return Math.toIntExact(Math.min(message.bytesMax(), holding));
  }

  public NostrLimits {
    Objects.requireNonNull(message, "message");
    if (subscriptionsMax < 1 || storedMax < 1 || storedDefault < 1 || storedDefault > storedMax) {
      throw new IllegalArgumentException(
          subscriptionsMax + " subscriptions, " + storedDefault + " of " + storedMax + " events");
    }
    if (reconciledRecordsMax < reconcileMax) {
      throw new IllegalArgumentException(
          reconciledRecordsMax + " records of all, " + reconcileMax + " of one");
    }
  }
}
