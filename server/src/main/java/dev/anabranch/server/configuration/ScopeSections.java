package dev.anabranch.server.configuration;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.scope.server.ScopeLimits;

/// Sections `[sessions]` and `[requests]`: what one client of scope sync can cost.
final class ScopeSections {

  private static final int MOST = Integer.MAX_VALUE;

  private ScopeSections() {}

  static ScopeLimits read(Sections sections) {
    return new ScopeLimits(
        sessions(sections.of("sessions"), ScopeLimits.Session.DEFAULT),
        requests(sections.of("requests"), ScopeLimits.Http.DEFAULT));
  }

  private static ScopeLimits.Session sessions(Section section, ScopeLimits.Session fallback) {
    return new ScopeLimits.Session(
        section.number("subscriptions_max", fallback.subscriptionsMax(), 1, MOST),
        section.number("pushes_max", fallback.pushesMax(), 1, MOST),
        section.number("waiting_max", fallback.waitingMax(), 1, MOST),
        section.number("presences_max", fallback.presencesMax(), 1, MOST),
        fallback.bootstrapPage(),
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
        fallback.bootstrapPage(),
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
        fallback.depthMax(),
        section.number(values, fallback.valuesMax(), 1, MOST));
  }

  private static Rate rate(Section section, String perSecond, String burst, Rate fallback) {
    return new Rate(
        section.number(perSecond, Math.toIntExact(fallback.perSecond()), 0, 1_000_000_000),
        section.number(burst, Math.toIntExact(fallback.burst()), 1, MOST));
  }
}
