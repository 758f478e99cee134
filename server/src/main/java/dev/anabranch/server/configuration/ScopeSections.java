package dev.anabranch.server.configuration;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.scope.server.ScopeLimits;
import dev.anabranch.transport.TransportLimits;

/// Sections `[sessions]` and `[requests]`: what one client of scope sync can cost.
final class ScopeSections {

  private static final int MOST = Integer.MAX_VALUE;

  /// Entities come to clients inside three more levels, and clients read 40.
  private static final int DEPTH_MOST = 36;

  private ScopeSections() {}

  /// @param links how long a frame may be that reaches scope sync at all
  static ScopeLimits read(Sections sections, TransportLimits.Links links) {
    return new ScopeLimits(
        sessions(sections.of("sessions"), ScopeLimits.Session.DEFAULT, links.messageBytesMax()),
        requests(sections.of("requests"), ScopeLimits.Http.DEFAULT));
  }

  private static ScopeLimits.Session sessions(
      Section section, ScopeLimits.Session fallback, int frameBytesMax) {
    return new ScopeLimits.Session(
        new JsonLimits(
            Math.max(frameBytesMax, 2),
            depth(section, fallback.frame()),
            section.number("frame_values_max", fallback.frame().valuesMax(), 1, MOST)),
        section.number("subscriptions_max", fallback.subscriptionsMax(), 1, MOST),
        section.number("pushes_max", fallback.pushesMax(), 1, MOST),
        section.number("waiting_max", fallback.waitingMax(), 1, MOST),
        section.number("presences_max", fallback.presencesMax(), 1, MOST),
        bootstrapPage(section, fallback.bootstrapPage()),
        section.number("answer_bytes_max", fallback.answerBytesMax(), 1, MOST),
        section.number(
            "authentication_millis", Math.toIntExact(fallback.authenticationMillis()), 1, MOST),
        rate(section, "frames_per_second", "frames_burst", fallback.frames()),
        rate(section, "writes_per_second", "writes_burst", fallback.writes()));
  }

  private static ScopeLimits.Http requests(Section section, ScopeLimits.Http fallback) {
    return new ScopeLimits.Http(
        json(section, "push_bytes_max", "push_values_max", fallback.push()),
        json(section, "entity_bytes_max", "entity_values_max", fallback.entity()),
        bootstrapPage(section, fallback.bootstrapPage()),
        section.number("bootstrap_records_max", fallback.bootstrapCountMax(), 1, 10_000_000),
        new PageLimit(
            section.number("delta_changes_max", fallback.delta().countMax(), 1, 10_000),
            section.number("delta_bytes_max", fallback.delta().bytesMax(), 1, MOST)),
        section.number("wait_seconds_max", fallback.waitSecondsMax(), 1, 600),
        section.number("answer_bytes_max", fallback.answerBytesMax(), 1, MOST),
        section.number("streams_max", fallback.streamsMax(), 1, MOST),
        section.number("heartbeat_millis", Math.toIntExact(fallback.heartbeatMillis()), 1, MOST),
        rate(section, "per_second", "burst", fallback.requests()),
        rate(section, "writes_per_second", "writes_burst", fallback.writes()),
        section.number("principals_max", fallback.principalsMax(), 1, MOST));
  }

  private static JsonLimits json(
      Section section, String bytes, String values, JsonLimits fallback) {
    return new JsonLimits(
        section.number(bytes, fallback.bytesMax(), 2, 64 * 1024 * 1024),
        depth(section, fallback),
        section.number(values, fallback.valuesMax(), 1, MOST));
  }

  private static int depth(Section section, JsonLimits fallback) {
    return section.number("depth_max", fallback.depthMax(), 1, DEPTH_MOST);
  }

  private static PageLimit bootstrapPage(Section section, PageLimit fallback) {
    return new PageLimit(
        section.number("bootstrap_read_records_max", fallback.countMax(), 1, 1_000_000),
        section.number("bootstrap_read_bytes_max", fallback.bytesMax(), 1, MOST));
  }

  private static Rate rate(Section section, String perSecond, String burst, Rate fallback) {
    return new Rate(
        section.number(perSecond, Math.toIntExact(fallback.perSecond()), 0, 1_000_000_000),
        section.number(burst, Math.toIntExact(fallback.burst()), 1, MOST));
  }
}
