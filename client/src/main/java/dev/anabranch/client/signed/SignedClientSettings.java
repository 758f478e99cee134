package dev.anabranch.client.signed;

import dev.anabranch.client.ServerAddress;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// Where a client finds its server, who it is, and how it behaves.
///
/// @param server `ws://` or `wss://`, with the path `/sync`
/// @param key signs everything; its owner is the principal
/// @param serverKey the server's key, if it is known; empty = the one it shows first, for as long
///   as the client lives
/// @param conflictRule asked when both sides changed one field, or one of them deleted; everything
///   else is merged field by field without asking
/// @param dialTimeout for name, connection, TLS and handshake together
/// @param retryMillisMin the first wait after a lost link; doubles up to the most, spread by chance
/// @param retryMillisMax the longest wait
/// @param queueMax about how many writes may wait; the next is refused at once
///   ([dev.anabranch.client.QueueFull])
/// @param trusted a PEM file of certificates to trust instead of the JDK's; for a server that
///   signed its own
public record SignedClientSettings(
    URI server,
    SecretKey key,
    Optional<PublicKey> serverKey,
    ConflictRule conflictRule,
    Duration dialTimeout,
    long retryMillisMin,
    long retryMillisMax,
    int queueMax,
    Optional<Path> trusted) {

  public SignedClientSettings {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(serverKey, "serverKey");
    Objects.requireNonNull(conflictRule, "conflictRule");
    Objects.requireNonNull(dialTimeout, "dialTimeout");
    Objects.requireNonNull(trusted, "trusted");
  }

  /// A server and a key; what cannot be merged is given up, and its outcome says so.
  ///
  /// @throws IllegalArgumentException when it is not an address of a server
  public static SignedClientSettings of(String server, SecretKey key) {
    return new SignedClientSettings(
        ServerAddress.endpoint(server),
        key,
        Optional.empty(),
        ConflictRule.KEEP_THEIRS,
        Duration.ofSeconds(10),
        250,
        30_000,
        10_000,
        Optional.empty());
  }

  /// These settings with a rule for what cannot be merged.
  public SignedClientSettings withConflictRule(ConflictRule rule) {
    return new SignedClientSettings(
        server,
        key,
        serverKey,
        rule,
        dialTimeout,
        retryMillisMin,
        retryMillisMax,
        queueMax,
        trusted);
  }

  /// These settings with the only key that the server may have.
  public SignedClientSettings withServerKey(PublicKey expected) {
    return new SignedClientSettings(
        server,
        key,
        Optional.of(expected),
        conflictRule,
        dialTimeout,
        retryMillisMin,
        retryMillisMax,
        queueMax,
        trusted);
  }

  /// These settings with the certificates of a PEM file to trust instead of the JDK's.
  public SignedClientSettings withTrusted(Path certificates) {
    return new SignedClientSettings(
        server,
        key,
        serverKey,
        conflictRule,
        dialTimeout,
        retryMillisMin,
        retryMillisMax,
        queueMax,
        Optional.of(certificates));
  }

  /// Everything but the secret.
  @Override
  public String toString() {
    return "SignedClientSettings[server=" + server + ", key=" + key.publicKey() + "]";
  }
}
