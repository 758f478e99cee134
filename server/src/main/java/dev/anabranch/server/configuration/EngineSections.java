package dev.anabranch.server.configuration;

import dev.anabranch.engine.EngineLimits;
import dev.anabranch.kernel.store.PageLimit;

/// Sections `[writes]`, `[follow]` and `[reopen]`: the engine's bounds.
final class EngineSections {

  private EngineSections() {}

  static EngineLimits read(Sections sections, PresenceSettings presence) {
    EngineLimits fallback = EngineLimits.DEFAULT;
    Section writes = sections.of("writes");
    Section follow = sections.of("follow");
    Section reopen = sections.of("reopen");
    int most = Integer.MAX_VALUE;
    PageLimit page = fallback.catchUpPage();
    return new EngineLimits(
        writes.number("batch_writes_max", fallback.batchWritesMax(), 1, 10_000),
        writes.number("queue_writes_max", fallback.queueWritesMax(), 1, most),
        writes.number("queue_bytes_max", Math.toIntExact(fallback.queueBytesMax()), 1, most),
        follow.number("lane_changes_max", fallback.laneChangesMax(), 1, most),
        follow.number("lane_bytes_max", Math.toIntExact(fallback.laneBytesMax()), 1, most),
        follow.number("announcement_changes_max", fallback.announcementChangesMax(), 1, most),
        follow.number("announcement_bytes_max", fallback.announcementBytesMax(), 1, most),
        follow.number("rest_followers_min", fallback.restFollowersMin(), 1, most),
        follow.number("rest_millis_max", Math.toIntExact(fallback.restMillisMax()), 0, 1000),
        new PageLimit(
            follow.number("page_changes_max", page.countMax(), 1, 10_000),
            follow.number("page_bytes_max", page.bytesMax(), 1, most)),
        presence.perScopeMax(),
        presence.perPrincipalMax(),
        presence.totalMax(),
        follow.number("heads_max", fallback.headsMax(), 1, most),
        reopen.number("wait_millis_min", Math.toIntExact(fallback.reopenMillisMin()), 1, 60_000),
        reopen.number("wait_millis_max", Math.toIntExact(fallback.reopenMillisMax()), 1, 600_000));
  }
}
