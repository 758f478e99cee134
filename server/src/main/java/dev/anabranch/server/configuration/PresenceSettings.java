package dev.anabranch.server.configuration;

/// Section `[presence]`: what devices say of themselves.
///
/// @param perScopeMax the most clients of one scope that are remembered
/// @param perPrincipalMax the most places that one principal is present in, in all scopes together
/// @param totalMax the most clients of all scopes together
/// @param sweepMillis how often those that fell silent are taken away, in milliseconds
public record PresenceSettings(
    int perScopeMax, int perPrincipalMax, int totalMax, int sweepMillis) {

  /// Unless a number says otherwise, nobody fills more than this part of a scope, or of the board.
  private static final int SHARES = 4;

  static PresenceSettings read(Section section, AccessSettings.Mode mode) {
    int perScopeMax = section.number("per_scope_max", 1_000, 1, 1_000_000);
    int totalMax = section.number("total_max", 50_000, 1, 10_000_000);
    int perPrincipalMax = section.number("per_principal_max", 0, 0, 10_000_000);
    return new PresenceSettings(
        perScopeMax,
        perPrincipalMax > 0 ? perPrincipalMax : share(perScopeMax, totalMax, mode),
        totalMax,
        section.number("sweep_millis", 1_000, 10, 60_000));
  }

  /// On an open server everybody is one principal; each connection has bounds of its own there.
  private static int share(int perScopeMax, int totalMax, AccessSettings.Mode mode) {
    return mode == AccessSettings.Mode.OPEN
        ? totalMax
        : Math.max(1, Math.min(perScopeMax, totalMax) / SHARES);
  }
}
