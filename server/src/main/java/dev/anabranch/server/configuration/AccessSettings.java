package dev.anabranch.server.configuration;

import dev.anabranch.link.Headers;
import dev.anabranch.transport.OriginPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/// Section `[auth]`: who may come in.
///
/// @param mode open to this machine, or by token
/// @param origins web pages that may use the server, as browsers spell them
///   (`https://app.example.org`); `*` = any
/// @param tokenCacheEntries tokens remembered between requests
/// @param tokenCheckMillis how long a token is believed before it is looked up again, in
///   milliseconds; open connections of a revoked one end within twice that
public record AccessSettings(
    Mode mode, List<String> origins, int tokenCacheEntries, int tokenCheckMillis) {

  /// Who may come in.
  public enum Mode {
    /// Everybody on this machine, as the principal `local`; never from elsewhere.
    OPEN,
    /// Whoever shows a token.
    TOKEN
  }

  public AccessSettings {
    Objects.requireNonNull(mode, "mode");
    origins = List.copyOf(origins);
  }

  /// The web pages that may read answers: an open server's are those of its own machine, whatever
  /// their port, and no others get in; another's are the listed ones.
  public OriginPolicy pages() {
    boolean any = mode == Mode.OPEN || origins.contains("*");
    return new OriginPolicy(any, new HashSet<>(origins));
  }

  /// Whether headers are of a web page that may not use the server: the operator listed pages, and
  /// it is none of them and none of the server's own.
  public boolean refusesPage(Headers headers) {
    return !origins.isEmpty()
        && headers
            .first("Origin")
            .filter(origin -> !pages().allows(origin) && !isOwn(origin, headers))
            .isPresent();
  }

  /// Whether a page came from the very address that is asked.
  private static boolean isOwn(String origin, Headers headers) {
    String host = headers.first("Host").orElse("");
    return origin.equalsIgnoreCase("https://" + host) || origin.equalsIgnoreCase("http://" + host);
  }

  static AccessSettings read(Section section) {
    List<String> origins = section.texts("origins", List.of());
    for (String origin : origins) {
      if (!origin.equals("*") && !origin.matches("https?://[^/\\s]+")) {
        throw section.wrong("origins", "a list of \"*\" or https://host, without a path");
      }
    }
    return new AccessSettings(
        section.word("mode", Mode.OPEN),
        origins,
        section.number("token_cache_entries", 10_000, 1, 10_000_000),
        section.number("token_check_millis", 1_000, 1, 60_000));
  }
}
