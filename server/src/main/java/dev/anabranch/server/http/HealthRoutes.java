package dev.anabranch.server.http;

import dev.anabranch.engine.Engine;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.server.operations.Readiness;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// `/healthz`: the process runs. `/readyz`: it serves; otherwise 503 with the reason.
public final class HealthRoutes {

  private static final long BELIEVED_NANOS = 250_000_000;

  private final Engine engine;
  private final Readiness readiness;
  private final Executor readers;
  private final LongSupplier nanos;
  private final AtomicReference<Probed> last =
      new AtomicReference<>(new Probed(Optional.empty(), 0));

  /// What asking the database gave.
  private record Probed(Optional<String> trouble, long atNanos) {}

  /// Health of a server.
  public HealthRoutes(Engine engine, Readiness readiness, Executor readers, LongSupplier nanos) {
    this.engine = engine;
    this.readiness = readiness;
    this.readers = readers;
    this.nanos = nanos;
    last.set(new Probed(Optional.empty(), nanos.getAsLong() - BELIEVED_NANOS));
  }

  HttpRoute alive() {
    return HttpRoute.answering(ok("alive"));
  }

  HttpRoute ready() {
    return new HttpRoute(0, this::ready);
  }

  private void ready(HttpRequest request, Exchange exchange) {
    Optional<String> stopping = readiness.stopping();
    if (stopping.isPresent()) {
      exchange.answer(notReady(stopping.get()));
      return;
    }
    readers.execute(() -> exchange.answer(probe().map(HealthRoutes::notReady).orElse(ok("ready"))));
  }

  /// Asks the database, at most a few times a second however often it is asked for.
  private Optional<String> probe() {
    Probed known = last.get();
    long now = nanos.getAsLong();
    if (now - known.atNanos() < BELIEVED_NANOS) {
      return known.trouble();
    }
    Optional<String> trouble = trouble();
    last.set(new Probed(trouble, now));
    return trouble;
  }

  private Optional<String> trouble() {
    try {
      engine.store().probe();
      return Optional.empty();
    } catch (StoreFailure away) {
      // Without a write to commit, the writer would not notice and not begin to reopen. It looks
      // for
      // itself, for busy readers say nothing of it.
      engine.probe();
      return Optional.of(
          away.kind() == StoreFailure.Kind.BUSY
              ? "the database has more readers than it takes"
              : "the database is away: " + away.kind().name());
    }
  }

  private static HttpAnswer ok(String status) {
    return json(200, JsonObject.EMPTY.with("status", status));
  }

  private static HttpAnswer notReady(String reason) {
    return json(503, JsonObject.EMPTY.with("status", "unavailable").with("reason", reason))
        .with("Retry-After", "1");
  }

  private static HttpAnswer json(int status, JsonObject body) {
    return HttpAnswer.json(status, body.text().getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }
}
