package dev.anabranch.server.operations;

import dev.anabranch.protocol.scope.server.ScopeObserver;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures and log lines of what scope sync does.
public final class ScopeFigures implements ScopeObserver {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.scope");

  private final AtomicInteger sessions;
  private final Counter bootstraps;
  private final Counter unchanged;
  private final Counter failures;
  private final LabelledCounter received;
  private final LabelledCounter refused;
  private final Counter rateLimited;

  /// Figures among a server's.
  public ScopeFigures(Metrics metrics) {
    sessions = metrics.gauge("scope.sessions", "Open WebSocket sessions of scope sync");
    bootstraps = metrics.counter("scope.bootstraps", "Bootstraps begun");
    unchanged = metrics.counter("scope.unchanged", "Bootstraps answered with 304");
    received =
        new LabelledCounter(metrics, "scope.received", "Frames and requests of scope sync", "kind");
    refused = new LabelledCounter(metrics, "scope.refused", "Peers that were told no", "code");
    rateLimited = metrics.rateLimited();
    failures = metrics.counter("scope.failures", "What broke on our side; each is in the log");
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
  public void refused(ScopeFault fault) {
    refused.increment(fault.code());
    if (fault == ScopeFault.RATE_LIMITED) {
      rateLimited.increment();
    }
  }

  @Override
  public void bootstrapped() {
    bootstraps.increment();
  }

  @Override
  public void unchanged() {
    unchanged.increment();
  }

  @Override
  public void failed(Throwable failure) {
    failures.increment();
    LOG.error("scope sync broke off", failure);
  }
}
