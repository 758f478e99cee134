package dev.anabranch.server.operations;

import dev.anabranch.protocol.nostr.server.NostrFault;
import dev.anabranch.protocol.nostr.server.NostrObserver;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures and log lines of what the relay does.
public final class NostrFigures implements NostrObserver {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.nostr");

  private final AtomicInteger sessions;
  private final Counter stored;
  private final Counter delivered;
  private final Counter behind;
  private final Counter putOff;
  private final Counter dropped;
  private final Counter failures;
  private final Counter unjudged;
  private final LabelledCounter received;
  private final LabelledCounter refused;
  private final Counter rateLimited;

  /// Figures among a server's.
  public NostrFigures(Metrics metrics) {
    sessions = metrics.gauge("nostr.sessions", "Open connections of Nostr clients");
    stored = metrics.counter("nostr.events", "Events that were accepted");
    delivered = metrics.counter("nostr.delivered", "Events sent to subscriptions");
    behind = metrics.counter("nostr.behind", "Times a slow subscription went back to reading");
    putOff = metrics.counter("nostr.put_off", "New events that found the feed full and were read");
    dropped = metrics.counter("nostr.dropped", "Ephemeral events that a slow reader never got");
    unjudged = metrics.counter("nostr.unjudged", "Events that the write policy did not judge");
    received = new LabelledCounter(metrics, "nostr.received", "Messages of Nostr clients", "kind");
    refused =
        new LabelledCounter(metrics, "nostr.refused", "Nostr clients that were told no", "code");
    rateLimited = metrics.rateLimited();
    failures = metrics.counter("nostr.failures", "What broke on our side; each is in the log");
  }

  /// The operator's program did not judge an event.
  public void unjudged() {
    unjudged.increment();
  }

  @Override
  public void opened() {
    sessions.incrementAndGet();
  }

  @Override
  public void closed() {
    sessions.decrementAndGet();
  }

  @Override
  public void received(String kind) {
    received.increment(kind);
  }

  @Override
  public void stored() {
    stored.increment();
  }

  @Override
  public void delivered(int count) {
    delivered.increment(count);
  }

  @Override
  public void refused(NostrFault fault) {
    refused.increment(fault.code());
    if (fault == NostrFault.RATE_LIMITED) {
      rateLimited.increment();
    }
  }

  @Override
  public void fellBehind() {
    behind.increment();
  }

  @Override
  public void putOff(int count) {
    putOff.increment(count);
  }

  @Override
  public void dropped() {
    dropped.increment();
  }

  @Override
  public void failed(Throwable failure) {
    failures.increment();
    LOG.error("the relay broke off", failure);
  }
}
