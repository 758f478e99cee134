package dev.anabranch.client.nostr.relay;

import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.filter.FilterLimits;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.message.MessageLimits;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a line to a relay behaves.
///
/// @param keys the line authenticates each of them as soon as the relay sends a challenge; empty:
///   nobody is told who asks
/// @param dialTimeout for name, connection, TLS and handshake together
/// @param challengeMillis how long a line with keys waits for a challenge before it is used without
/// @param answerMillis how long it waits for the end of stored events, or for an answer to a
///   reconciliation, before it takes the relay for dead or unable
/// @param message what a relay's message may hold
/// @param publishesMax events on their way at once; more are refused at once
/// @param requestsMax open subscriptions and reconciliations together
/// @param calledAs what the relay calls itself, which a proof of a key names; null = what is dialed
public record LineSettings(
    List<SecretKey> keys,
    Duration dialTimeout,
    long challengeMillis,
    long answerMillis,
    MessageLimits message,
    int publishesMax,
    int requestsMax,
    @Nullable RelayUrl calledAs) {

  /// What holds when nobody says anything: nobody authenticates, messages hold 4 MiB.
  public static final LineSettings USUAL =
      new LineSettings(
          List.of(),
          Duration.ofSeconds(10),
          500,
          20_000,
          new MessageLimits(
              4 * 1024 * 1024,
              new EventLimits(1024 * 1024, 20_000, 1_000, 1024 * 1024),
              FilterLimits.USUAL),
          1_024,
          256,
          null);

  public LineSettings {
    keys = List.copyOf(keys);
    Objects.requireNonNull(dialTimeout, "dialTimeout");
    Objects.requireNonNull(message, "message");
    if (challengeMillis < 0 || answerMillis < 1 || publishesMax < 1 || requestsMax < 1) {
      throw new IllegalArgumentException(
          challengeMillis + " and " + answerMillis + " ms, " + publishesMax + ", " + requestsMax);
    }
  }

  /// These settings with keys to authenticate.
  public LineSettings withKeys(List<SecretKey> others) {
    return new LineSettings(
        others,
        dialTimeout,
        challengeMillis,
        answerMillis,
        message,
        publishesMax,
        requestsMax,
        calledAs);
  }

  /// These settings for a relay that calls itself something else than what is dialed.
  public LineSettings calledAs(RelayUrl name) {
    return new LineSettings(
        keys, dialTimeout, challengeMillis, answerMillis, message, publishesMax, requestsMax, name);
  }

  /// Everything but the secrets.
  @Override
  public String toString() {
    return "LineSettings[keys=" + keys.stream().map(SecretKey::publicKey).toList() + "]";
  }
}
