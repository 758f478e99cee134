package dev.anabranch.protocol.signed.server;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.limit.Rate;
import java.util.Objects;

/// The numbers that bound what clients of signed entities can cost (K11).
///
/// @param frame one frame
/// @param allowsUnchallengedConnect whether the seed's bare `connect` opens a session that may read
/// @param bareSkewMillis how far the time of a bare `connect` may be from the server's
/// @param skewMillis the same for every other frame
/// @param handshakeMillis how long a client may take until its session is open
/// @param idleMillis how long it may say nothing afterwards; a ping is sent at half of it
/// @param rotateMillis how long a session id is used
/// @param previousMillis how long the id before it is still good
/// @param waitingMax frames of one link that wait for their turn; the next is `rate_limited`
/// @param outgoingMax frames that wait for their signature; beyond it the link is cut off
/// @param commitsMax writes of one link without an answer; the next is `rate_limited`
/// @param subscriptionsMax scopes that one session follows; of others it is told
///   `too_many_subscriptions`
/// @param sessionsMax open sessions in all, and of one key; the next is `too_many_sessions`
/// @param sessionsPerKeyMax open sessions of one key
/// @param replaysMax bare connects that are remembered, so that none is used twice
/// @param page one read of a snapshot
/// @param frames frames of one link
/// @param payloads payloads of one link
public record SignedLimits(
    JsonLimits frame,
    boolean allowsUnchallengedConnect,
    long bareSkewMillis,
    long skewMillis,
    long handshakeMillis,
    long idleMillis,
    long rotateMillis,
    long previousMillis,
    int waitingMax,
    int outgoingMax,
    int commitsMax,
    int subscriptionsMax,
    int sessionsMax,
    int sessionsPerKeyMax,
    int replaysMax,
    PageLimit page,
    Rate frames,
    Rate payloads) {

  /// The limits of a server that says nothing else.
  public static final SignedLimits DEFAULT =
      new SignedLimits(
          JsonLimits.FRAME,
          false,
          30_000,
          120_000,
          10_000,
          300_000,
          900_000,
          60_000,
          64,
          1_024,
          64,
          1_000,
          10_000,
          64,
          100_000,
          new PageLimit(200, 256 * 1024),
          new Rate(500, 1_000),
          new Rate(1_000, 2_000));

  public SignedLimits {
    Objects.requireNonNull(frame, "frame");
    Objects.requireNonNull(page, "page");
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(payloads, "payloads");
    for (long number :
        new long[] {
          bareSkewMillis,
          skewMillis,
          handshakeMillis,
          idleMillis,
          rotateMillis,
          previousMillis,
          waitingMax,
          outgoingMax,
          commitsMax,
          subscriptionsMax,
          sessionsMax,
          sessionsPerKeyMax,
          replaysMax
        }) {
      if (number < 1) {
        throw new IllegalArgumentException("limits begin at 1, not " + number);
      }
    }
  }
}
