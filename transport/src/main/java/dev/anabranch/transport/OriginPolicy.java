package dev.anabranch.transport;

import java.util.Set;

/// Which web pages may read answers: the origins that get CORS headers (Fetch standard).
///
/// A page's cookies are never asked for: who speaks is told by a token. Browsers do not ask before
/// they open a WebSocket, and the transport does not look there: that is up to its
/// [dev.anabranch.link.LinkAcceptor], which may go by the same policy.
///
/// @param any whether every origin may
/// @param origins those that may otherwise, spelled as browsers send them:
///   `https://app.example.org`
public record OriginPolicy(boolean any, Set<String> origins) {
  public OriginPolicy {
    origins = Set.copyOf(origins);
  }

  /// Pages of the server itself only.
  public static OriginPolicy none() {
    return new OriginPolicy(false, Set.of());
  }

  /// Every page.
  public static OriginPolicy anyone() {
    return new OriginPolicy(true, Set.of());
  }

  /// The pages of these origins.
  public static OriginPolicy of(String... origins) {
    return new OriginPolicy(false, Set.of(origins));
  }

  /// Whether a page of this origin may read answers.
  public boolean allows(String origin) {
    return any || origins.contains(origin);
  }
}
