package dev.anabranch.client;

import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.client.session.SessionLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// Where a client finds its server and how it behaves.
///
/// @param server `http://`, `https://`, `ws://` or `wss://`, with the path of the sync endpoint if
///   that is not `/sync`
/// @param token asked before every dial; empty = none is sent
/// @param conflictRule decides over writes that expected another version
/// @param limits what the device holds, sends and waits
/// @param dialTimeout for name, connection, TLS and handshake together
/// @param trusted a PEM file of certificates to trust instead of the JDK's; for a server that
///   signed its own
public record ClientSettings(
    URI server,
    Supplier<Optional<String>> token,
    ConflictRule conflictRule,
    SessionLimits limits,
    Duration dialTimeout,
    Optional<Path> trusted) {

  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

  public ClientSettings {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(conflictRule, "conflictRule");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(dialTimeout, "dialTimeout");
    Objects.requireNonNull(trusted, "trusted");
  }

  /// A server, no token, conflicts given up, the default limits.
  ///
  /// @throws IllegalArgumentException when it is not an address of a server
  public static ClientSettings of(String server) {
    return new ClientSettings(
        ServerAddress.endpoint(server),
        Optional::empty,
        ConflictRule.KEEP_THEIRS,
        SessionLimits.DEFAULT,
        DIAL_TIMEOUT,
        Optional.empty());
  }

  /// These settings with a token.
  public ClientSettings withToken(String secret) {
    return withToken(() -> Optional.of(secret));
  }

  /// These settings with a token that is looked up before every dial.
  public ClientSettings withToken(Supplier<Optional<String>> secret) {
    return new ClientSettings(server, secret, conflictRule, limits, dialTimeout, trusted);
  }

  /// These settings with a rule for conflicts.
  public ClientSettings withConflictRule(ConflictRule rule) {
    return new ClientSettings(server, token, rule, limits, dialTimeout, trusted);
  }

  /// These settings with other limits.
  public ClientSettings withLimits(SessionLimits other) {
    return new ClientSettings(server, token, conflictRule, other, dialTimeout, trusted);
  }

  /// These settings with the certificates of a PEM file to trust instead of the JDK's.
  public ClientSettings withTrusted(Path certificates) {
    return new ClientSettings(
        server, token, conflictRule, limits, dialTimeout, Optional.of(certificates));
  }

  /// Everything but the token.
  @Override
  public String toString() {
    return "ClientSettings[server=" + server + "]";
  }
}
