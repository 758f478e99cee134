package dev.anabranch.server.http;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.server.identity.Gatekeeper;
import dev.anabranch.server.identity.Identified;
import dev.anabranch.server.operations.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/// `/metrics`: the figures, for this machine, for the operator, or for everybody if so configured.
public final class MetricsRoute {

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Metrics metrics;
  private final Gatekeeper gatekeeper;
  private final boolean open;
  private final Executor readers;

  /// Figures of a server.
  public MetricsRoute(Metrics metrics, Gatekeeper gatekeeper, boolean open, Executor readers) {
    this.metrics = metrics;
    this.gatekeeper = gatekeeper;
    this.open = open;
    this.readers = readers;
  }

  HttpRoute route() {
    return new HttpRoute(0, this::handle);
  }

  private void handle(HttpRequest request, Exchange exchange) {
    if (open || request.peer().loopback()) {
      readers.execute(() -> exchange.answer(figures()));
      return;
    }
    gatekeeper
        .identify(request.headers(), request.target())
        .thenApplyAsync(this::allowed, readers)
        .exceptionally(away -> Problems.unavailable("the server's database is away"))
        .thenAccept(exchange::answer);
  }

  private HttpAnswer allowed(Answer<Identified> who) {
    return switch (who) {
      case Answer.Refused<Identified>(Fault fault) -> Problems.of(fault);
      case Answer.Given<Identified>(Identified asker) ->
          asker.authority().ownsServer()
              ? figures()
              : Problems.forbidden("the figures are the operator's; see metrics.open");
    };
  }

  private HttpAnswer figures() {
    return HttpAnswer.of(200, TYPE, metrics.text().getBytes(StandardCharsets.UTF_8));
  }
}
