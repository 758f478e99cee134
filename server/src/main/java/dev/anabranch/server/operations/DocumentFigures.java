package dev.anabranch.server.operations;

import dev.anabranch.protocol.document.server.DocumentObserver;
import dev.anabranch.protocol.document.wire.DocumentFault;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures and log lines of what happens to documents.
public final class DocumentFigures implements DocumentObserver {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.document");

  private final AtomicInteger sessions;
  private final Counter applied;
  private final Counter changes;
  private final Counter foreign;
  private final Counter loads;
  private final Counter folds;
  private final Counter evictions;
  private final Counter failures;
  private final LabelledCounter received;
  private final LabelledCounter refused;
  private final Counter rateLimited;

  /// Figures among a server's.
  public DocumentFigures(Metrics metrics) {
    sessions = metrics.gauge("document.sessions", "Documents open on connections");
    applied = metrics.counter("document.updates", "Updates that were committed");
    changes = metrics.counter("document.changes", "Changes that updates were committed as");
    foreign = metrics.counter("document.foreign", "Updates that extend another principal's client");
    loads = metrics.counter("document.loads", "States read from the store");
    folds = metrics.counter("document.folds", "Documents whose updates were folded");
    evictions = metrics.counter("document.evictions", "States let go for the budget");
    received =
        new LabelledCounter(
            metrics, "document.received", "Messages and requests of documents", "kind");
    refused =
        new LabelledCounter(
            metrics, "document.refused", "Updates and peers that were told no", "code");
    rateLimited = metrics.rateLimited();
    failures = metrics.counter("document.failures", "What broke on our side; each is in the log");
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
  public void refused(DocumentFault fault) {
    refused.increment(fault.code());
    if (fault == DocumentFault.RATE_LIMITED) {
      rateLimited.increment();
    }
  }

  @Override
  public void applied(int updates) {
    applied.increment(updates);
    changes.increment();
  }

  @Override
  public void foreign() {
    foreign.increment();
  }

  @Override
  public void loaded(int updates) {
    loads.increment();
  }

  @Override
  public void folded(int updates) {
    folds.increment();
  }

  @Override
  public void evicted(int documents) {
    evictions.increment(documents);
  }

  @Override
  public void failed(Throwable failure) {
    failures.increment();
    LOG.error("a document's session broke off", failure);
  }
}
