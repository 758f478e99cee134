package dev.anabranch.protocol.scope.server;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.limit.Rate;
import java.util.Objects;

/// The numbers that bound what one client can cost (K11).
///
/// @param session of one WebSocket session
/// @param http of HTTP requests
public record ScopeLimits(Session session, Http http) {

  /// The limits of a server that says nothing else.
  public static final ScopeLimits DEFAULT = new ScopeLimits(Session.DEFAULT, Http.DEFAULT);

  public ScopeLimits {
    Objects.requireNonNull(session, "session");
    Objects.requireNonNull(http, "http");
  }

  /// Limits of one WebSocket session.
  ///
  /// @param frame one frame of a client, as JSON; more is `malformed`
  /// @param subscriptionsMax scopes followed at once; the next is `too_many_subscriptions`
  /// @param pushesMax pushes without an answer yet; the next is `rate_limited`
  /// @param waitingMax frames that wait for a token to be checked; the next is `rate_limited`
  /// @param presencesMax places that the client says something in; the next is `presence_full`.
  ///   Four times as many words may be without an answer; the next is `rate_limited`
  /// @param bootstrapPage one read of a bootstrap
  /// @param answerBytesMax about how much a `pushed` may hold before it leaves `current` out
  /// @param authenticationMillis how long a client without a valid token may wait before it shows
  ///   one
  /// @param frames frames of all kinds
  /// @param writes writes in pushes
  public record Session(
      JsonLimits frame,
      int subscriptionsMax,
      int pushesMax,
      int waitingMax,
      int presencesMax,
      PageLimit bootstrapPage,
      int answerBytesMax,
      long authenticationMillis,
      Rate frames,
      Rate writes) {

    /// Frames of 512 KiB, 256 scopes, 64 pushes; 5,000 frames and 50,000 writes a second.
    public static final Session DEFAULT =
        new Session(
            JsonLimits.FRAME,
            256,
            64,
            64,
            64,
            new PageLimit(1_000, 256 * 1024),
            384 * 1024,
            10_000,
            new Rate(5_000, 10_000),
            new Rate(50_000, 100_000));

    public Session {
      atLeastOne(subscriptionsMax, pushesMax, waitingMax, presencesMax, answerBytesMax);
      atLeastOne(authenticationMillis);
      Objects.requireNonNull(frame, "frame");
      Objects.requireNonNull(bootstrapPage, "bootstrapPage");
      Objects.requireNonNull(frames, "frames");
      Objects.requireNonNull(writes, "writes");
    }

    /// These limits with other rates.
    public Session withRates(Rate ofFrames, Rate ofWrites) {
      return new Session(
          frame,
          subscriptionsMax,
          pushesMax,
          waitingMax,
          presencesMax,
          bootstrapPage,
          answerBytesMax,
          authenticationMillis,
          ofFrames,
          ofWrites);
    }
  }

  /// Limits of HTTP requests.
  ///
  /// @param push the body of `POST /sync/push`
  /// @param entity the body of a request under `/api`
  /// @param bootstrapPage one read of a bootstrap
  /// @param bootstrapCountMax the largest `limit` of a bootstrap's page
  /// @param delta one answer to `GET /sync/delta`; also the largest `limit`
  /// @param waitSecondsMax the longest `wait`
  /// @param answerBytesMax about how much the answer to a push may hold before it leaves `current`
  ///   out
  /// @param streamsMax `GET /sync/live` and waiting `GET /sync/delta` at once; the next is
  ///   `unavailable`
  /// @param heartbeatMillis silence on `GET /sync/live` before a comment is sent
  /// @param requests of one principal
  /// @param writes of one principal
  /// @param principalsMax principals whose rates are remembered
  public record Http(
      JsonLimits push,
      JsonLimits entity,
      PageLimit bootstrapPage,
      int bootstrapCountMax,
      PageLimit delta,
      int waitSecondsMax,
      int answerBytesMax,
      int streamsMax,
      long heartbeatMillis,
      Rate requests,
      Rate writes,
      int principalsMax) {

    /// Pushes of 4 MiB, pages of 500 events and 512 KiB, waits of 25 s; 5,000 requests and 50,000
    /// writes a second and principal.
    public static final Http DEFAULT =
        new Http(
            JsonLimits.PUSH,
            new JsonLimits(1024 * 1024, 32, 50_000),
            new PageLimit(1_000, 512 * 1024),
            10_000,
            PageLimit.DEFAULT,
            25,
            4 * 1024 * 1024,
            10_000,
            15_000,
            new Rate(5_000, 10_000),
            new Rate(50_000, 100_000),
            10_000);

    public Http {
      Objects.requireNonNull(push, "push");
      Objects.requireNonNull(entity, "entity");
      Objects.requireNonNull(bootstrapPage, "bootstrapPage");
      Objects.requireNonNull(delta, "delta");
      Objects.requireNonNull(requests, "requests");
      Objects.requireNonNull(writes, "writes");
      atLeastOne(bootstrapCountMax, waitSecondsMax, answerBytesMax, streamsMax, principalsMax);
      atLeastOne(heartbeatMillis);
    }

    /// These limits with other rates.
    public Http withRates(Rate ofRequests, Rate ofWrites) {
      return new Http(
          push,
          entity,
          bootstrapPage,
          bootstrapCountMax,
          delta,
          waitSecondsMax,
          answerBytesMax,
          streamsMax,
          heartbeatMillis,
          ofRequests,
          ofWrites,
          principalsMax);
    }
  }

  private static void atLeastOne(long... numbers) {
    for (long number : numbers) {
      if (number < 1) {
        throw new IllegalArgumentException("limits begin at 1, not " + number);
      }
    }
  }
}
