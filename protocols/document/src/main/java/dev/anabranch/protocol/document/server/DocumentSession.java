package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Peer;
import dev.anabranch.link.limit.Gcra;
import dev.anabranch.protocol.document.wire.DocumentCodec;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticated;
import dev.anabranch.protocol.document.wire.DocumentMessage.Aware;
import dev.anabranch.protocol.document.wire.DocumentMessage.Changed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Closed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Denied;
import dev.anabranch.protocol.document.wire.DocumentMessage.FromClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.Leave;
import dev.anabranch.protocol.document.wire.DocumentMessage.Question;
import dev.anabranch.protocol.document.wire.DocumentMessage.Reply;
import dev.anabranch.protocol.document.wire.DocumentMessage.Settled;
import dev.anabranch.protocol.document.wire.DocumentMessage.Stateless;
import dev.anabranch.protocol.document.wire.DocumentMessage.ToClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.WhoIsThere;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client in one document.
///
/// ```
///   CHECKING ──token counts, may read──▶ OPENING ──caught up with the scope──▶ OPEN
///       └──────── no ────────▶ ENDED ◀──── left, closed, deleted, revoked ──────┘
/// ```
///
/// Until it is open, messages wait (bounded). It follows the scope from its head and only then
/// reads the state, so that every update is in the one or comes in the other; CRDT updates may come
/// twice. All calls come on the link's thread, one at a time.
final class DocumentSession implements Follower {
  private enum State {
    CHECKING,
    OPENING,
    OPEN,
    ENDED
  }

  /// Who serves the session, besides its link.
  record Surroundings(
      Kernel kernel,
      DocumentShelf shelf,
      ClientIds clientIds,
      DocumentPolicy policy,
      Authenticator authenticator,
      DocumentSeams seams,
      DocumentObserver observer) {}

  /// How the session's frames look.
  ///
  /// @param codec of this document
  /// @param framing names the encoding of announcements that all sessions of the framing share
  record Framing(DocumentCodec codec, ToldFraming framing) {}

  private final Surroundings here;
  private final DocumentLink link;
  private final Framing frames;
  private final EntityKey document;
  private final long number;
  private final String keys;
  private final Runnable over;
  private final Gcra rate;
  private final AwarenessBook awareness;
  private final Deque<FromClient> waiting = new ArrayDeque<>();
  private final Map<Long, Present.Place> places = new HashMap<>();
  private final UpdateQueue updates;
  private State state = State.CHECKING;
  private boolean readOnly;
  private long written;
  private @Nullable Peer peer;
  private @Nullable Caller caller;
  private @Nullable Subscription following;

  /// @param number the session's, unique in the server's life
  /// @param over called once when the session ends by itself
  DocumentSession(
      Surroundings here,
      DocumentLink link,
      Framing frames,
      EntityKey document,
      long number,
      Runnable over) {
    this.here = here;
    this.link = link;
    this.frames = frames;
    this.document = document;
    this.number = number;
    this.over = over;
    this.keys = "doc/" + Long.toHexString(here.seams().random().nextLong()) + "/" + number + "/";
    this.awareness = new AwarenessBook(document);
    this.rate = new Gcra(limits().frames(), here.seams().nanos().getAsLong());
    this.updates = new UpdateQueue(limits().messageBytesMax(), this::commit);
  }

  private DocumentLimits limits() {
    return here.policy().limits();
  }

  /// Begins with a token; null = none was shown.
  void begin(@Nullable String token, Peer at) {
    here.observer().opened();
    peer = at;
    link.then(here.authenticator().authenticate(token, at), this::identified, this::away);
  }

  /// Takes one message.
  void receive(FromClient message) {
    if (state == State.ENDED) {
      return;
    }
    here.observer().received(message.getClass().getSimpleName());
    if (rate.ask(1, here.seams().nanos().getAsLong()) > 0) {
      refuse(new Refusal(DocumentFault.RATE_LIMITED, "more messages than its rate"), null);
    } else if (state == State.OPEN) {
      handle(message);
    } else {
      Optional<Refusal> full = here.policy().waitsAnother(waiting.size());
      full.ifPresentOrElse(refusal -> refuse(refusal, null), () -> waiting.add(message));
    }
  }

  /// Takes something that is no message.
  void misunderstood(MalformedUpdate why) {
    refuse(Refusal.of(why), null);
  }

  /// The outbox has room again.
  void writable() {
    if (following != null && state != State.ENDED) {
      following.resume();
    }
  }

  /// The client is gone. What it sent goes to the disk all the same.
  void end() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    here.observer().closed();
    waiting.clear();
    if (following != null) {
      following.cancel();
    }
    while (caller != null && updates.bytes() > 0) {
      forget(here.kernel().commit(Commit.of(caller, write(updates.take()))));
    }
    places.forEach((client, place) -> leave(place));
    places.clear();
  }

  private void handle(FromClient message) {
    switch (message) {
      case Question question -> answer(question);
      case Reply reply -> update(reply, reply.update());
      case Changed changed -> update(changed, changed.update());
      case Aware aware -> aware(aware.said().entries());
      case WhoIsThere ignored -> tellWhoIsThere();
      case Authenticate again -> authenticateAgain(again);
      case Leave ignored -> finish("left");
      case Stateless ignored ->
          refuse(
              new Refusal(DocumentFault.UNSUPPORTED, "nobody listens to stateless messages"), null);
    }
  }

  // Who speaks.

  private void identified(Answer<Caller> answer) {
    switch (answer) {
      case Answer.Given<Caller>(Caller known) -> {
        caller = known;
        link.then(here.kernel().rightIn(known, document.scope()), this::enter, this::away);
      }
      case Answer.Refused<Caller>(Fault fault) -> refuse(DocumentChanges.refusal(fault), null);
    }
  }

  private void enter(Right right) {
    if (state != State.CHECKING) {
      return;
    }
    if (right.covers(Right.READ)) {
      open(!right.covers(Right.WRITE));
    } else if (mayFound()) {
      found();
    } else {
      refuse(forbidden(), null);
    }
  }

  private Refusal forbidden() {
    return new Refusal(
        DocumentFault.FORBIDDEN,
        caller().principal() + " has no right to read " + document.scope());
  }

  private boolean mayFound() {
    return caller().authority().mayCreate()
        && caller().authority().ceilingIn(document.scope()).covers(Right.WRITE);
  }

  /// Whoever may create scopes opens a document in an unknown one: the first change says so.
  private void found() {
    link.then(
        here.kernel().commit(Commit.of(caller(), write(List.of(DocumentCopy.NOTHING)))),
        outcomes -> {
          if (outcomes.getFirst() instanceof Outcome.Applied) {
            open(false);
          } else {
            refuse(forbidden(), null);
          }
        },
        this::away);
  }

  private void open(boolean asReader) {
    if (state != State.CHECKING) {
      return;
    }
    state = State.OPENING;
    readOnly = asReader;
    if (frames.codec().tellsOutcomes()) {
      send(new Authenticated(readOnly));
    }
    ask(here.kernel().head(caller(), document.scope()), this::follow);
  }

  private void follow(ScopeHead head) {
    ask(
        here.kernel().follow(caller(), document.scope(), head.id(), link.lane(), this),
        begun -> {
          if (state == State.ENDED) {
            begun.cancel();
          } else {
            following = begun;
            begun.resume();
          }
        });
  }

  private void authenticateAgain(Authenticate again) {
    link.then(
        here.authenticator().authenticate(again.token(), Objects.requireNonNull(peer)),
        answer -> {
          if (answer instanceof Answer.Given<Caller>(Caller known)
              && known.principal().equals(caller().principal())) {
            caller = known;
            send(new Authenticated(readOnly));
          } else {
            refuse(
                new Refusal(
                    DocumentFault.UNAUTHENTICATED, "the token is another principal's or none"),
                null);
          }
        },
        this::away);
  }

  // What the kernel tells.

  @Override
  public boolean isReady() {
    return link.writable();
  }

  @Override
  public void changes(Announcement next) {
    if (state == State.ENDED) {
      return;
    }
    link.runAndFlush(() -> {
      for (ToldChanges.Told told : frames.framing().of(next).of(document)) {
        if (told.deletes()) {
          updates.clear(); // without what they stood on they would make a torso of it again
          refuse(new Refusal(DocumentFault.DELETED, document.id() + " was deleted"), null);
        } else if (told.frame() != null && !isOwn(told)) {
          send(told.frame());
        }
      }
    });
  }

  /// A key alone can be guessed by another writer, who would keep others from seeing his change.
  private boolean isOwn(ToldChanges.Told told) {
    return told.key().text().startsWith(keys) && told.author().equals(caller().principal());
  }

  @Override
  public void caughtUp(long lastId) {
    if (state == State.OPENING) {
      read(copy -> {
        state = State.OPEN;
        send(new Question(copy.stateVector()));
        while (state == State.OPEN && !waiting.isEmpty()) {
          handle(waiting.remove());
        }
      });
    }
  }

  @Override
  public void present(List<Present> entries) {
    List<AwarenessUpdate.Entry> said = awareness.hear(entries);
    if (state != State.ENDED && !said.isEmpty()) {
      link.runAndFlush(() -> send(new Aware(new AwarenessUpdate(said))));
    }
  }

  @Override
  public void refetch(RefetchReason reason) {
    // Whoever may still read comes in again; the others hear forbidden then.
    link.runAndFlush(() ->
        refuse(
            new Refusal(DocumentFault.UNAVAILABLE, reason.word() + "; open the document again"),
            null));
  }

  @Override
  public void failed(RuntimeException failure) {
    if (state != State.ENDED) {
      link.broke(failure);
    }
  }

  // Updates.

  private void answer(Question question) {
    read(copy -> send(new Reply(copy.lackedBy(question.known()))));
  }

  private void update(FromClient message, UpdateV1 update) {
    UpdateInspection inspection;
    try {
      inspection = Updates.inspect(update);
    } catch (MalformedUpdate malformed) {
      refuse(Refusal.of(malformed), message);
      return;
    }
    if (inspection.changesNothing()) {
      settled(1, true);
    } else if (readOnly || message instanceof Reply) {
      // What the server holds already is no change: a reader's answer to our question, for one.
      read(copy -> {
        if (copy.lacks(update, here.seams().random())) {
          write(message, update, inspection);
        } else {
          settled(1, true);
        }
      });
    } else {
      write(message, update, inspection);
    }
  }

  private void write(FromClient message, UpdateV1 update, UpdateInspection inspection) {
    if (state == State.ENDED) {
      return;
    }
    Optional<Refusal> no = refusal(update, inspection);
    if (no.isPresent()) {
      refuse(no.get(), message);
      return;
    }
    updates.add(update);
    Optional<Refusal> tooMuch = here.policy().gathers(updates.bytes());
    if (tooMuch.isPresent()) {
      refuse(tooMuch.get(), null);
    } else if (!updates.isBusy()) {
      link.soon(updates::flush);
    }
  }

  private Optional<Refusal> refusal(UpdateV1 update, UpdateInspection inspection) {
    if (readOnly) {
      return DocumentPolicy.refused(
          DocumentFault.READ_ONLY, caller().principal() + " may only read " + document.scope());
    }
    int foreign =
        here.clientIds()
            .usedBy(
                caller().principal(),
                document,
                inspection.blocks().stream().mapToLong(block -> block.id().client()).distinct());
    Optional<Refusal> no = here.policy().acceptsForeign(foreign);
    if (no.isPresent()) {
      here.observer().foreign(); // what is accepted is counted where it is committed
    }
    return no.or(() -> here.policy().accepts(update, document, here.shelf().bytesOf(document)));
  }

  private void commit(List<UpdateV1> batch) {
    link.then(
        here.kernel().commit(Commit.of(caller(), write(batch))),
        outcomes -> {
          committed(outcomes.getFirst(), batch.size());
          updates.settled();
        },
        this::away);
  }

  private void committed(Outcome outcome, int count) {
    switch (outcome) {
      case Outcome.Applied ignored -> {
        here.observer().applied(count);
        settled(count, true);
      }
      case Outcome.Duplicate ignored -> settled(count, true);
      case Outcome.Conflict ignored -> settled(count, false);
      case Outcome.Refused(Fault fault) -> {
        settled(count, false);
        refuse(DocumentChanges.refusal(fault), null);
      }
    }
  }

  private Write write(List<UpdateV1> batch) {
    written++;
    return DocumentChanges.merge(new WriteKey(keys + written), document, batch);
  }

  private void settled(int count, boolean applied) {
    if (frames.codec().tellsOutcomes()) {
      for (int i = 0; i < count; i++) {
        send(new Settled(applied));
      }
    }
  }

  // Awareness.

  /// The last word of each client counts; one refusal ends what is too much.
  private void aware(List<AwarenessUpdate.Entry> entries) {
    Map<Long, AwarenessUpdate.Entry> last = new LinkedHashMap<>();
    entries.forEach(entry -> last.merge(entry.client(), entry, AwarenessBook::later));
    for (AwarenessUpdate.Entry entry : last.values()) {
      if (awareness.isNews(entry) && !present(entry)) {
        return;
      }
    }
  }

  /// Whether there was room for a word.
  private boolean present(AwarenessUpdate.Entry entry) {
    Present.Place place = places.get(entry.client());
    if (entry.isGone()) {
      if (place != null) {
        places.remove(entry.client());
        leave(place);
      }
      return true;
    }
    Optional<Refusal> full =
        place == null ? here.policy().speaksForAnother(places.size()) : Optional.empty();
    if (full.isPresent()) {
      refuse(full.get(), null);
      return false;
    }
    Optional<JsonObject> value = AwarenessBook.value(entry);
    if (value.isEmpty()) {
      refuse(
          new Refusal(
              DocumentFault.AWARENESS_FULL,
              "a client's word is larger than " + Present.VALUE_CHARS_MAX + " characters"),
          null);
      return false;
    }
    say(entry.client(), awareness.place(entry.client(), number), value.get());
    return true;
  }

  private void say(long client, Present.Place place, JsonObject value) {
    places.put(client, place);
    long until = here.seams().clock().millis() + AwarenessBook.TTL_MILLIS;
    link.then(
        here.kernel().present(caller(), new Present(place, caller().principal(), value, until)),
        answer -> {
          if (answer instanceof Answer.Refused<Boolean>(Fault fault)) {
            places.remove(client);
            refuse(
                fault.code() == FaultCode.QUOTA
                    ? new Refusal(DocumentFault.AWARENESS_FULL, fault.detail())
                    : DocumentChanges.refusal(fault),
                null);
          }
        },
        () -> places.remove(client));
  }

  private void leave(Present.Place place) {
    long now = here.seams().clock().millis();
    forget(here.kernel().present(caller(), new Present(place, caller().principal(), null, now)));
  }

  private void tellWhoIsThere() {
    List<AwarenessUpdate.Entry> all = new ArrayList<>(awareness.all());
    send(new Aware(new AwarenessUpdate(all)));
  }

  // What is said.

  private void read(Consumer<DocumentCopy> next) {
    ask(here.shelf().read(caller(), document), next);
  }

  private <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    link.then(
        stage,
        answer -> {
          if (state == State.ENDED) {
            return;
          }
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) ->
                refuse(
                    fault.code() == FaultCode.FORBIDDEN
                        ? forbidden()
                        : DocumentChanges.refusal(fault),
                    null);
          }
        },
        this::away);
  }

  private void send(ToClient message) {
    send(Frame.binary(frames.codec().encode(message)));
  }

  private void send(Frame frame) {
    if (state != State.ENDED) {
      link.send(frame);
    }
  }

  private void away() {
    refuse(new Refusal(DocumentFault.UNAVAILABLE, "the server's database is away"), null);
  }

  /// Says no, and goodbye when the fault is one that ends the session.
  ///
  /// @param update the update that is refused; null = it was not one
  private void refuse(Refusal refusal, @Nullable FromClient update) {
    if (state == State.ENDED) {
      return;
    }
    here.observer().refused(refusal.fault());
    boolean ends = refusal.fault().closeCode() != 0;
    if (!frames.codec().tellsOutcomes()) {
      send(new Denied(refusal.text()));
    } else if (ends && !isOpen()) {
      send(new Denied(refusal.text()));
    } else {
      if (update != null) {
        settled(1, false);
      }
      send(new Stateless(problem(refusal)));
    }
    if (ends) {
      finish(refusal.text());
      if (!frames.codec().tellsOutcomes()) {
        link.close(refusal.fault().closeCode(), refusal.text());
      }
    }
  }

  private boolean isOpen() {
    return state == State.OPEN;
  }

  private static String problem(Refusal refusal) {
    return JsonObject.EMPTY
        .with("type", "error")
        .with("code", refusal.fault().code())
        .with("detail", refusal.detail())
        .text();
  }

  private void finish(String reason) {
    if (frames.codec().tellsOutcomes()) {
      send(new Closed(reason));
    }
    end();
    over.run();
  }

  private Caller caller() {
    return Objects.requireNonNull(caller, "a session that is open has a caller");
  }

  private void forget(CompletionStage<?> stage) {
    stage.whenComplete((ignored, failure) -> {
      if (failure != null && !(DocumentLink.causeOf(failure) instanceof StoreFailure)) {
        here.observer().failed(failure);
      }
    });
  }
}
