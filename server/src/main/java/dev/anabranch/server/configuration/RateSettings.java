package dev.anabranch.server.configuration;

/// Section `[rate]`: how fast one address may ask, whoever it says it is.
///
/// Above the burst the answer is 429 with `Retry-After`.
///
/// @param perSecond requests and handshakes of one address in a second, sustained; 0 = unlimited
/// @param burst how many may come at once
/// @param trackedMax addresses remembered; the least recent are forgotten
/// @param loopback whether this machine is limited too
public record RateSettings(int perSecond, int burst, int trackedMax, boolean loopback) {

  static RateSettings read(Section section) {
    return new RateSettings(
        section.number("per_second", 200, 0, 1_000_000),
        section.number("burst", 1_000, 1, 10_000_000),
        section.number("tracked_max", 100_000, 1, 10_000_000),
        section.flag("loopback", false));
  }
}
