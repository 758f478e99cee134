package dev.anabranch.server.operations;

import dev.anabranch.protocol.nostr.server.NostrGateway;
import dev.anabranch.protocol.nostr.server.RetentionRule;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Erases the relay's events that the rules do not keep. Blocks; run it on a thread that may.
public final class EventRetentionJob {

  private static final Logger LOG = LoggerFactory.getLogger(EventRetentionJob.class);

  private final NostrGateway gateway;
  private final List<RetentionRule> rules;
  private final Counter erased;

  /// A job over a relay's events.
  public EventRetentionJob(NostrGateway gateway, List<RetentionRule> rules, Metrics metrics) {
    this.gateway = gateway;
    this.rules = List.copyOf(rules);
    this.erased = metrics.counter("nostr.erased", "Events erased by retention");
  }

  /// Looks at every event once.
  public void run() {
    long gone = gateway.retain(rules).toCompletableFuture().join();
    erased.increment(gone);
    if (gone > 0) {
      LOG.info("{} events were erased by the rules of retention", gone);
    }
  }
}
