package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.PushBatch;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /sync/push`: many writes, one outcome for each; 200 whatever they came to.
final class PushHandler {
  private final ScopeSession.Surroundings here;
  private final ScopeBodies bodies;

  PushHandler(ScopeSession.Surroundings here) {
    this.here = here;
    this.bodies = ScopeBodies.ofServer(here.policy().limits().http().push());
  }

  void handle(ScopeExchange exchange) {
    Optional<Refusal> unreadable = ScopePolicy.reads(exchange.request().headers());
    Optional<String> device = exchange.request().headers().combined(ScopeGateway.DEVICE_HEADER);
    Optional<DeviceId> known = device.flatMap(ScopeGateway::deviceOf);
    if (unreadable.isPresent()) {
      exchange.refuse(unreadable.get());
    } else if (device.isPresent() && known.isEmpty()) {
      exchange.refuse(ScopeFault.INVALID, ScopeGateway.NO_DEVICE);
    } else {
      switch (bodies.push(exchange.request().body())) {
        case Decoded.Good<PushBatch>(PushBatch batch) -> push(exchange, batch, known.orElse(null));
        case Decoded.Bad<PushBatch> bad -> exchange.refuse(bad.refusal());
      }
    }
  }

  private void push(ScopeExchange exchange, PushBatch batch, @Nullable DeviceId device) {
    if (here.writes().refuses(exchange, here.observer(), batch.writes().size())) {
      return;
    }
    PreparedPush prepared = PreparedPush.of(batch, here.kernel().models(), device);
    if (prepared.writes().isEmpty()) {
      answer(exchange, prepared, List.of());
      return;
    }
    exchange.then(
        here.kernel().commit(new Commit(exchange.caller(), prepared.writes(), prepared.atomic())),
        outcomes -> answer(exchange, prepared, outcomes));
  }

  private void answer(ScopeExchange exchange, PreparedPush prepared, List<Outcome> outcomes) {
    int answerBytesMax = here.policy().limits().http().answerBytesMax();
    exchange.json(200, ScopeBodies.encodeOutcomes(prepared.answer(outcomes, answerBytesMax)));
  }
}
