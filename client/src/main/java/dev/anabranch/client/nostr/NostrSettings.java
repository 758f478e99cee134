package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Which relays a client uses, who it is, and how much it may hold.
///
/// @param relays at least one; events are published to all of them and asked for at all of them
/// @param line how a line to one of them behaves; its keys are those that authenticate, its first
///   key signs
/// @param retryMillisMin the first wait after a lost line; doubles up to the most, spread by chance
/// @param retryMillisMax the longest wait
/// @param overlapSeconds how far before the last word of a relay its events are asked for again
///   when it comes back: for events that were dated back, and clocks that differ
/// @param eventsMax events that the local copy has room for; the oldest go
/// @param queueMax events that may wait for a relay's answer; the next is refused at once
///   ([dev.anabranch.client.QueueFull])
/// @param subscriptionsMax open subscriptions
/// @param certificates whom to trust instead of the JDK's certificates, a PEM file
public record NostrSettings(
    List<RelayUrl> relays,
    LineSettings line,
    long retryMillisMin,
    long retryMillisMax,
    long overlapSeconds,
    int eventsMax,
    int queueMax,
    int subscriptionsMax,
    Optional<Path> certificates) {

  /// The most relays of one client.
  public static final int RELAYS_MAX = 32;

  public NostrSettings {
    relays = List.copyOf(new LinkedHashSet<>(relays));
    Objects.requireNonNull(line, "line");
    Objects.requireNonNull(certificates, "certificates");
    if (relays.isEmpty() || relays.size() > RELAYS_MAX) {
      throw new IllegalArgumentException(relays.size() + " relays; 1 to " + RELAYS_MAX);
    }
    if (eventsMax < 1 || queueMax < 1 || subscriptionsMax < 1 || overlapSeconds < 0) {
      throw new IllegalArgumentException(
          eventsMax + " events, " + queueMax + " queued, " + subscriptionsMax + " subscriptions");
    }
  }

  /// Some relays and nobody in particular.
  ///
  /// @throws IllegalArgumentException when one is not the address of a relay
  public static NostrSettings of(String... relays) {
    return new NostrSettings(
        List.of(relays).stream().map(RelayUrl::of).toList(),
        LineSettings.USUAL,
        250,
        30_000,
        900,
        1_000_000,
        10_000,
        64,
        Optional.empty());
  }

  /// These settings with keys: the first one signs, all of them authenticate where a relay asks.
  public NostrSettings withKeys(SecretKey... keys) {
    return with(line.withKeys(List.of(keys)));
  }

  /// These settings with lines that behave otherwise.
  public NostrSettings with(LineSettings other) {
    return new NostrSettings(
        relays,
        other,
        retryMillisMin,
        retryMillisMax,
        overlapSeconds,
        eventsMax,
        queueMax,
        subscriptionsMax,
        certificates);
  }

  /// These settings with other waits after a lost line.
  public NostrSettings withRetries(long millisMin, long millisMax) {
    return new NostrSettings(
        relays,
        line,
        millisMin,
        millisMax,
        overlapSeconds,
        eventsMax,
        queueMax,
        subscriptionsMax,
        certificates);
  }

  /// These settings with room for fewer or more.
  public NostrSettings withRoom(int events, int queued) {
    return new NostrSettings(
        relays,
        line,
        retryMillisMin,
        retryMillisMax,
        overlapSeconds,
        events,
        queued,
        subscriptionsMax,
        certificates);
  }

  /// These settings with trust in the certificates of a PEM file and in no others.
  public NostrSettings withTrusted(Path pemFile) {
    return new NostrSettings(
        relays,
        line,
        retryMillisMin,
        retryMillisMax,
        overlapSeconds,
        eventsMax,
        queueMax,
        subscriptionsMax,
        Optional.of(pemFile));
  }
}
