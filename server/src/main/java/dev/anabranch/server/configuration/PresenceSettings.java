package dev.anabranch.server.configuration;

/// Section `[presence]`: what devices say of themselves.
///
/// @param perScopeMax the most clients of one scope that are remembered
/// @param totalMax the most clients of all scopes together
/// @param sweepMillis how often those that fell silent are taken away, in milliseconds
public record PresenceSettings(int perScopeMax, int totalMax, int sweepMillis) {

  static PresenceSettings read(Section section) {
    return new PresenceSettings(
        section.number("per_scope_max", 1_000, 1, 1_000_000),
        section.number("total_max", 50_000, 1, 10_000_000),
        section.number("sweep_millis", 1_000, 10, 60_000));
  }
}
