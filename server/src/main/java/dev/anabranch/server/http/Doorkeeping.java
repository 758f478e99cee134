package dev.anabranch.server.http;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Peer;
import dev.anabranch.server.configuration.AccessSettings;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.identity.LoopbackPolicy;
import dev.anabranch.server.operations.Metrics;
import dev.anabranch.server.operations.RateLimits;
import java.util.Optional;

/// Sends off whoever is too fast, and, on an open server, whoever is not of this machine.
public final class Doorkeeping implements FrontDoor.Doorkeeper {

  private final Configuration configuration;
  private final LoopbackPolicy loopback;
  private final RateLimits rates;
  private final Runnable limited;

  /// As the configuration says.
  ///
  /// @param rates one bucket for each address
  public Doorkeeping(Configuration configuration, RateLimits rates, Metrics metrics) {
    this.configuration = configuration;
    this.loopback = new LoopbackPolicy(configuration.auth().origins());
    this.rates = rates;
    this.limited = metrics.counting("rate.limited", "Requests refused for their rate");
  }

  @Override
  public Optional<HttpAnswer> refusal(Peer peer, Headers headers) {
    if (configuration.rate().loopback() || !peer.loopback()) {
      long retryMillis = rates.take(peer.addressText(), 1);
      if (retryMillis > 0) {
        limited.run();
        return Optional.of(Problems.rateLimited(retryMillis));
      }
    }
    return configuration.auth().mode() == AccessSettings.Mode.OPEN
        ? loopback.objection(peer, headers).map(Problems::forbidden)
        : Optional.empty();
  }
}
