package dev.anabranch.protocol.document.server;

import dev.anabranch.link.limit.Rate;
import java.util.Objects;

/// The numbers that bound what documents cost (K11).
///
/// @param messageBytesMax the longest message of a client, and with it the largest update
/// @param documentBytesMax the largest encoded document; an update that goes beyond is `too_large`
/// @param waitingMax messages that wait until a document is open; the next is `rate_limited`
/// @param waitingBytesMax bytes of updates of one session that wait for their commit; more is
///   `rate_limited`
/// @param documentsMax documents that one Hocuspocus connection has open
/// @param awarenessMax clients that one session speaks for
/// @param shelfBytesMax encoded states that are kept in memory
/// @param clientIdsMax client ids whose first user is remembered
/// @param foldUpdatesMin updates behind the folded state before it is folded anew; one more for
///   each KiB of the document
/// @param refusesForeign whether updates that extend another principal's client are refused
/// @param requestBytesMax the longest body of a request
/// @param loadsMax requests that have documents in memory at once
/// @param loadsWaitingMax requests that wait until they may; the next is `unavailable`
/// @param loadsWaitMillis the longest that one waits; then it is `unavailable`
/// @param frames messages of one session
/// @param writes requests of one principal that write
public record DocumentLimits(
    int messageBytesMax,
    int documentBytesMax,
    int waitingMax,
    int waitingBytesMax,
    int documentsMax,
    int awarenessMax,
    long shelfBytesMax,
    int clientIdsMax,
    int foldUpdatesMin,
    boolean refusesForeign,
    int requestBytesMax,
    int loadsMax,
    int loadsWaitingMax,
    int loadsWaitMillis,
    Rate frames,
    Rate writes) {

  private static final int MEBIBYTE = 1024 * 1024;

  /// Messages of 8 MiB, documents of 32 MiB, 64 MiB of states in memory.
  public static final DocumentLimits DEFAULT =
      new DocumentLimits(
          8 * MEBIBYTE,
          32 * MEBIBYTE,
          64,
          16 * MEBIBYTE,
          256,
          16,
          64L * MEBIBYTE,
          100_000,
          200,
          false,
          MEBIBYTE,
          4,
          1_000,
          5_000,
          new Rate(5_000, 10_000),
          new Rate(1_000, 2_000));

  public DocumentLimits {
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(writes, "writes");
    long least =
        Math.min(
            Math.min(
                Math.min(messageBytesMax, documentBytesMax), Math.min(waitingMax, waitingBytesMax)),
            Math.min(
                Math.min(documentsMax, awarenessMax),
                Math.min(
                    Math.min(Math.min(clientIdsMax, foldUpdatesMin), requestBytesMax),
                    Math.min(Math.min(loadsMax, loadsWaitingMax), loadsWaitMillis))));
    if (least < 1 || shelfBytesMax < 0) {
      throw new IllegalArgumentException("limits begin at 1");
    }
  }
}
