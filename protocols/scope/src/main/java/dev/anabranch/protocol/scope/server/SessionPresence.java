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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
  private final Map<Present.Place, Standing> places = new HashMap<>(0);
  private CompletionStage<?> lastWord = CompletableFuture.completedStage(null);
  private int unanswered;

  SessionPresence(Surroundings here, ScopeSession.Client client, SessionLink link) {
    this.here = here;
    this.client = client;
    this.link = link;
  }

  /// What became of the words that were said in a place.
  private static final class Standing {
    private int unanswered;
    private boolean accepted;

    /// Whether nobody can see the client there, now or later.
    private boolean isNothing() {
      return unanswered == 0 && !accepted;
    }
  }

  /// Takes one message.
  void take(Caller caller, Presence said) {
    Optional<Refusal> tooMuch = here.policy().saysAnother(unanswered);
    if (tooMuch.isPresent()) {
      link.refuse(answer(tooMuch.get(), said).retryAfter(SessionLink.RETRY_MILLIS));
      return;
    }
    Present.Place place = placeOf(said);
    Standing standing = said.data() == null ? places.remove(place) : places.get(place);
    if (standing == null) {
      standing = new Standing();
      if (said.data() != null) {
        Optional<Refusal> full = here.policy().presentInAnother(places.size());
        if (full.isPresent()) {
          link.refuse(answer(full.get(), said));
          return;
        }
        places.put(place, standing);
      }
    }
    Standing mine = standing;
    mine.unanswered++;
    unanswered++;
    link.then(
        say(caller, new Present(place, caller.principal(), said.data(), now() + said.ttlMillis())),
        said.scope().text(),
        said.ref(),
        answer -> heard(answer, place, mine, said),
        () -> answered(place, mine));
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

  private void heard(Answer<Boolean> answer, Present.Place place, Standing mine, Presence said) {
    mine.accepted |= answer instanceof Answer.Given<Boolean> && said.data() != null;
    answered(place, mine);
    if (answer instanceof Answer.Refused<Boolean>(Fault fault)) {
      Refusal refusal =
          fault.code() == FaultCode.QUOTA
              ? new Refusal(ScopeFault.PRESENCE_FULL, fault.detail())
              : ScopeChanges.refusal(fault);
      link.refuse(answer(refusal, said));
    }
  }

  private void answered(Present.Place place, Standing mine) {
    unanswered--;
    mine.unanswered--;
    if (mine.isNothing()) {
      places.remove(place, mine);
    }
  }

  private static ErrorAnswer answer(Refusal refusal, Presence said) {
    return ErrorAnswer.of(refusal, said.scope(), said.ref());
  }

  /// The link is gone: its client leaves every place.
  void end(Caller caller) {
    for (Present.Place place : places.keySet()) {
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
