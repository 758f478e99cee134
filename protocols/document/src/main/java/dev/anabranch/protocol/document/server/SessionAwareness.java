package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage.Aware;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one session's clients say of themselves, and what they hear of the others. On the link's
/// thread.
final class SessionAwareness {
  private final DocumentSession session;
  private final DocumentSession.Surroundings here;
  private final DocumentLink link;
  private final long number;
  private final AwarenessBook book;
  private final Map<Long, Speaker> speakers = new HashMap<>();

  /// One client of this session. One that has left stays until its last word is answered: should it
  /// come back meanwhile, the same voice keeps its words in order.
  private static final class Speaker {
    private final Present.Place place;
    private final AwarenessVoice voice;
    private boolean gone = true;

    Speaker(Present.Place place, AwarenessVoice voice) {
      this.place = place;
      this.voice = voice;
    }
  }

  SessionAwareness(
      DocumentSession session,
      DocumentSession.Surroundings here,
      DocumentLink link,
      EntityKey document,
      long number) {
    this.session = session;
    this.here = here;
    this.link = link;
    this.number = number;
    this.book = new AwarenessBook(document);
  }

  /// The last word of each client counts; one refusal ends what is too much.
  void take(List<AwarenessUpdate.Entry> entries) {
    Map<Long, AwarenessUpdate.Entry> last = new LinkedHashMap<>();
    entries.forEach(entry -> last.merge(entry.client(), entry, AwarenessBook::later));
    for (AwarenessUpdate.Entry entry : last.values()) {
      if (book.isNews(entry, session.caller().principal()) && !present(entry)) {
        return;
      }
    }
  }

  /// Whether there was room for a word.
  private boolean present(AwarenessUpdate.Entry entry) {
    Speaker speaker = speakers.get(entry.client());
    if (entry.isGone()) {
      if (speaker != null && !speaker.gone) {
        leave(speaker);
      }
      return true;
    }
    Optional<Refusal> full =
        speaker == null || speaker.gone
            ? here.policy().speaksForAnother(Math.toIntExact(present().count()))
            : Optional.empty();
    if (full.isPresent()) {
      session.refuse(full.get(), null);
      return false;
    }
    Optional<JsonObject> value = AwarenessBook.value(entry);
    if (value.isEmpty()) {
      session.refuse(
          new Refusal(
              DocumentFault.AWARENESS_FULL,
              "a client's word is larger than " + Present.VALUE_CHARS_MAX + " characters"),
          null);
      return false;
    }
    say(speakers.computeIfAbsent(entry.client(), this::speaker), value.get());
    return true;
  }

  private Stream<Speaker> present() {
    return speakers.values().stream().filter(speaker -> !speaker.gone);
  }

  private Speaker speaker(long client) {
    Kernel kernel = here.kernel();
    return new Speaker(
        book.place(client, number),
        new AwarenessVoice(
            word -> kernel.present(session.caller(), word),
            (answer, failure) -> heard(client, answer, failure)));
  }

  private void say(Speaker speaker, JsonObject value) {
    long until = here.seams().clock().millis() + AwarenessBook.TTL_MILLIS;
    speaker.gone = false;
    speaker.voice.say(new Present(speaker.place, session.caller().principal(), value, until));
  }

  private void leave(Speaker speaker) {
    long now = here.seams().clock().millis();
    speaker.gone = true;
    speaker.voice.say(new Present(speaker.place, session.caller().principal(), null, now));
  }

  /// On the kernel's thread.
  private void heard(long client, @Nullable Answer<Boolean> answer, @Nullable Throwable failure) {
    if (failure != null && !(DocumentLink.causeOf(failure) instanceof StoreFailure)) {
      here.observer().failed(failure);
    }
    if (answer instanceof Answer.Refused<Boolean>(Fault fault)) {
      link.soon(() -> {
        forget(client, true);
        session.refuse(
            fault.code() == FaultCode.QUOTA
                ? new Refusal(DocumentFault.AWARENESS_FULL, fault.detail())
                : DocumentChanges.refusal(fault),
            null);
      });
    } else {
      link.soon(() -> forget(client, failure != null));
    }
  }

  /// Forgets a client that left, or was not heard, unless it has said more since.
  private void forget(long client, boolean unheard) {
    Speaker speaker = speakers.get(client);
    if (speaker != null && speaker.voice.isQuiet() && (unheard || speaker.gone)) {
      speakers.remove(client);
    }
  }

  /// What the kernel tells, in the clients' words; null = nothing.
  @Nullable Aware hear(List<Present> entries) {
    List<AwarenessUpdate.Entry> said = book.hear(entries);
    return said.isEmpty() ? null : new Aware(new AwarenessUpdate(said));
  }

  /// Everybody who is there.
  Aware everybody() {
    return new Aware(new AwarenessUpdate(book.all()));
  }

  /// The session is over: its clients have left.
  void end() {
    present().forEach(this::leave);
    speakers.clear();
  }
}
