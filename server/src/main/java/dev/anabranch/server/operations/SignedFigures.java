package dev.anabranch.server.operations;

import dev.anabranch.protocol.signed.server.SignedObserver;
import dev.anabranch.protocol.signed.wire.SignedFault;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures and log lines of what happens to signed entities.
public final class SignedFigures implements SignedObserver {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.signed");

  private final AtomicInteger links;
  private final Counter failures;
  private final LabelledCounter received;
  private final LabelledCounter refused;
  private final Counter rateLimited;

  /// Figures among a server's.
  public SignedFigures(Metrics metrics) {
    links = metrics.gauge("signed.links", "Links that speak signed entities");
    received =
        new LabelledCounter(metrics, "signed.received", "Frames with a good signature", "kind");
    refused = new LabelledCounter(metrics, "signed.refused", "Frames and payloads told no", "code");
    rateLimited = metrics.rateLimited();
    failures = metrics.counter("signed.failures", "What broke on our side; each is in the log");
  }

  @Override
  public void opened() {
    links.incrementAndGet();
  }

  @Override
  public void closed() {
    links.decrementAndGet();
  }

  @Override
  public void received(String kind) {
    received.increment(kind);
  }

  @Override
  public void refused(SignedFault fault) {
    refused.increment(fault.code());
    if (fault == SignedFault.RATE_LIMITED) {
      rateLimited.increment();
    }
  }

  @Override
  public void failed(Throwable failure) {
    failures.increment();
    LOG.error("a signed session broke off", failure);
  }
}
