package dev.anabranch.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.RequestHead;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.identity.Gatekeeper;
import dev.anabranch.server.identity.OpenSessions;
import dev.anabranch.server.operations.Metrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The protocols' ways in.
final class Gateways implements HttpRouter, LinkAcceptor {

  Gateways(
      Engine engine,
      EngineThreads seams,
      Gatekeeper gatekeeper,
      OpenSessions sessions,
      Metrics metrics,
      Configuration configuration) {}

  @Override
  public HttpRoute route(RequestHead head) {
    return HttpRoute.answering(HttpAnswer.problem(404, "not_found", "nothing is here; see /"));
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    return CompletableFuture.completedFuture(Admission.refuse(HttpAnswer.empty(404)));
  }
}
