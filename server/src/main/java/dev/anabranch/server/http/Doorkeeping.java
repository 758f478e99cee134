package dev.anabranch.server.http;

import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Peer;
import dev.anabranch.link.limit.AddressNetwork;
import dev.anabranch.link.limit.GcraTable;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.server.configuration.AccessSettings;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.RateSettings;
import dev.anabranch.server.identity.LoopbackPolicy;
import dev.anabranch.server.operations.Metrics;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Sends off whoever is too fast, and, on an open server, whoever is not of this machine.
public final class Doorkeeping implements FrontDoor.Doorkeeper {

  private final Configuration configuration;
  private final LoopbackPolicy loopback;
  private final GcraTable<AddressNetwork> rates;
  private final LongSupplier nanos;
  private final Runnable limited;

  /// As the configuration says.
  ///
  /// @param nanos a monotonic clock
  public Doorkeeping(Configuration configuration, LongSupplier nanos, Metrics metrics) {
    this.configuration = configuration;
    this.loopback = new LoopbackPolicy(configuration.auth().origins());
    RateSettings rate = configuration.rate();
    this.rates = new GcraTable<>(new Rate(rate.perSecond(), rate.burst()), rate.trackedMax());
    this.nanos = nanos;
    this.limited = metrics.rateLimited()::increment;
  }

  @Override
  public Optional<HttpAnswer> refusal(Peer peer, Headers headers) {
    if (configuration.rate().loopback() || !peer.loopback()) {
      long waitNanos = rates.ask(AddressNetwork.of(peer.address()), 1, nanos.getAsLong());
      if (waitNanos > 0) {
        limited.run();
        return Optional.of(Problems.rateLimited(waitNanos));
      }
    }
    return configuration.auth().mode() == AccessSettings.Mode.OPEN
        ? loopback.objection(peer, headers).map(Problems::originRefused)
        : Optional.empty();
  }

  /// Browsers do not ask before they open a WebSocket. Where the operator has said which pages may
  /// use the server, the others are sent off; the relay's clients are pages of anybody, who are
  /// given nothing else at its address.
  @Override
  public Optional<HttpAnswer> refusalOfPage(Handshake handshake) {
    boolean relay = handshake.target().segments().isEmpty() && configuration.nostr().enabled();
    if (relay) {
      return Optional.empty();
    }
    return configuration.auth().refusesPage(handshake.headers())
        ? Optional.of(
            Problems.originRefused(
                "pages of "
                    + handshake.headers().first("Origin").orElse("elsewhere")
                    + " may not use this server; see auth.origins"))
        : Optional.empty();
  }
}
