package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.scope.server.ScopeSession.Surroundings;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Presence;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// What one session's client says of itself. On the link's thread.
///
/// The kernel asks for rights before it believes a word, and takes its time over each: a word is
/// said when the one before is answered, so that the last one said is the last one kept, and the
/// client's leaving is behind them all.
final class SessionPresence {
  private final Surroundings here;
  private final ScopeSession.Client client;
  private final SessionLink link;
  private final Set<Present.Place> places = new HashSet<>(0);
  private CompletionStage<?> lastWord = CompletableFuture.completedStage(null);
  private int unanswered;

  SessionPresence(Surroundings here, ScopeSession.Client client, SessionLink link) {
    this.here = here;
    this.client = client;
    this.link = link;
  }

  /// Takes one message.
  void take(Caller caller, Presence said) {
    Optional<Refusal> tooMuch = here.policy().saysAnother(unanswered);
    if (tooMuch.isPresent()) {
      link.refuse(answer(tooMuch.get(), said).retryAfter(SessionLink.RETRY_MILLIS));
      return;
    }
    Present.Place place = placeOf(said);
    if (said.data() == null) {
      places.remove(place);
    } else if (!places.contains(place)) {
      Optional<Refusal> full = here.policy().presentInAnother(places.size());
      if (full.isPresent()) {
        link.refuse(answer(full.get(), said));
        return;
      }
      places.add(place);
    }
    unanswered++;
    link.then(
        say(caller, new Present(place, caller.principal(), said.data(), now() + said.ttlMillis())),
        said.scope().text(),
        said.ref(),
        answer -> heard(answer, place, said),
        () -> unheard(place));
  }

  private Present.Place placeOf(Presence said) {
    DeviceId device = said.device() == null ? client.device() : said.device();
    return new Present.Place(
        said.scope(), said.topic(), device == null ? "" : device.text(), client.number());
  }

  private CompletionStage<Answer<Boolean>> say(Caller caller, Present word) {
    CompletionStage<Answer<Boolean>> answer =
        lastWord
            .handle((ignored, failure) -> word)
            .thenCompose(next -> here.kernel().present(caller, next));
    lastWord = answer;
    return answer;
  }

  private void heard(Answer<Boolean> answer, Present.Place place, Presence said) {
    unanswered--;
    if (answer instanceof Answer.Refused<Boolean>(Fault fault)) {
      places.remove(place);
      Refusal refusal =
          fault.code() == FaultCode.QUOTA
              ? new Refusal(ScopeFault.PRESENCE_FULL, fault.detail())
              : ScopeChanges.refusal(fault);
      link.refuse(answer(refusal, said));
    }
  }

  private void unheard(Present.Place place) {
    unanswered--;
    places.remove(place);
  }

  private static ErrorAnswer answer(Refusal refusal, Presence said) {
    return ErrorAnswer.of(refusal, said.scope(), said.ref());
  }

  /// The link is gone: its client leaves every place.
  void end(Caller caller) {
    for (Present.Place place : places) {
      say(caller, new Present(place, caller.principal(), null, now()))
          .whenComplete((ignored, failure) -> {
            if (failure != null && !(SessionLink.causeOf(failure) instanceof StoreFailure)) {
              here.observer().failed(failure);
            }
          });
    }
    places.clear();
  }

  private long now() {
    return here.seams().clock().millis();
  }
}
