package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.MalformedUpdate;
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
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
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
  /// @param shares whether this one shares it, and does not go by a name of its own
  record Framing(DocumentCodec codec, ToldFraming framing, boolean shares) {}

  /// Who holds the session.
  interface Holder {

    /// Holds nothing.
    Holder NOBODY =
        new Holder() {
          @Override
          public void identified() {}

          @Override
          public void over() {}
        };

    /// The client has said who it is.
    void identified();

    /// The session has ended by itself; called once.
    void over();
  }

  /// Reads of the document that wait for their turn; the next is `rate_limited`.
  private static final int READS_MAX = 1_000;

  private final Surroundings here;
  private final DocumentLink link;
  private final Framing frames;
  private final EntityKey document;
  private final long number;
  private final Holder holder;
  private final Gcra rate;
  private final Deque<FromClient> waiting = new ArrayDeque<>();
  private final SessionAwareness awareness;
  private final SessionUpdates updates;
  private State state = State.CHECKING;
  private int reads;
  private boolean readOnly;
  private long waitingBytes;
  private CompletionStage<Answer<Caller>> speaker = new CompletableFuture<>();
  private @Nullable Peer peer;
  private @Nullable Caller caller;
  private @Nullable Subscription following;

  /// @param number the session's, unique in the server's life; from 1
  DocumentSession(
      Surroundings here,
      DocumentLink link,
      Framing frames,
      EntityKey document,
      long number,
      Holder holder) {
    this.here = here;
    this.link = link;
    this.frames = frames;
    this.document = document;
    this.number = number;
    this.holder = holder;
    this.rate = new Gcra(here.policy().limits().frames(), here.seams().nanos().getAsLong());
    this.awareness = new SessionAwareness(this, here, link, document, number);
    String keys = "doc/" + Long.toHexString(here.seams().random().nextLong()) + "/" + number + "/";
    this.updates = new SessionUpdates(this, here, link, document, keys);
  }

  /// Begins with a token; null = none was shown.
  void begin(@Nullable String token, Peer at) {
    here.observer().opened();
    peer = at;
    speaker = here.authenticator().authenticate(token, at, number);
    link.then(speaker, this::identified, this::away);
  }

  /// Takes one message.
  ///
  /// @param bytes how many it came in
  void receive(FromClient message, int bytes) {
    if (state == State.ENDED) {
      return;
    }
    here.observer().received(message.getClass().getSimpleName());
    if (rate.ask(1, here.seams().nanos().getAsLong()) > 0) {
      refuse(new Refusal(DocumentFault.RATE_LIMITED, "more messages than its rate"), null);
    } else if (state == State.OPEN) {
      handle(message);
    } else {
      wait(message, bytes);
    }
  }

  private void wait(FromClient message, int bytes) {
    Optional<Refusal> full =
        here.policy()
            .waitsAnother(waiting.size())
            .or(() -> here.policy().gathers(waitingBytes + bytes));
    if (full.isPresent()) {
      refuse(full.get(), null);
    } else {
      waiting.add(message);
      waitingBytes += bytes;
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
    List<UpdateV1> unopened = new ArrayList<>();
    waiting.forEach(message -> {
      switch (message) {
        case Changed(UpdateV1 update) -> unopened.add(update);
        case Reply(UpdateV1 update) -> unopened.add(update);
        default -> {}
      }
    });
    waiting.clear();
    if (following != null) {
      following.cancel();
    }
    updates.end(speaker, unopened);
    awareness.end();
    standOnNothing();
  }

  /// Also once an answer comes too late: it has put the session on its token again.
  private void standOnNothing() {
    if (peer != null) {
      here.authenticator().ended(peer, number);
    }
  }

  private void handle(FromClient message) {
    switch (message) {
      case Question question -> answer(question);
      case Reply reply -> updates.take(reply, reply.update());
      case Changed changed -> updates.take(changed, changed.update());
      case Aware aware -> awareness.take(aware.said().entries());
      case WhoIsThere ignored -> send(awareness.everybody());
      case Authenticate again -> authenticateAgain(again);
      case Leave ignored -> finish("left");
      case Stateless ignored ->
          refuse(
              new Refusal(DocumentFault.UNSUPPORTED, "nobody listens to stateless messages"), null);
    }
  }

  // Who speaks.

  private void identified(Answer<Caller> answer) {
    if (state == State.ENDED) {
      standOnNothing();
      return;
    }
    switch (answer) {
      case Answer.Given<Caller>(Caller known) -> {
        caller = known;
        holder.identified();
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
        here.kernel().commit(Commit.of(caller(), updates.write(List.of(DocumentCopy.NOTHING)))),
        outcomes -> {
          if (outcomes.getFirst() instanceof Outcome.Applied) {
            open(false);
          } else {
            refuse(unfounded(outcomes.getFirst()), null);
          }
        },
        this::away);
  }

  /// What may be well in a moment is told so, and the client comes again; who may have no more in
  /// the log hears of that.
  private Refusal unfounded(Outcome outcome) {
    if (outcome instanceof Outcome.Refused(Fault fault) && fault.code() == FaultCode.QUOTA) {
      return new Refusal(DocumentFault.FORBIDDEN, fault.detail());
    }
    return outcome instanceof Outcome.Refused(Fault fault)
            && DocumentFault.of(fault.code()).closeCode() != 0
        ? DocumentChanges.refusal(fault)
        : forbidden();
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
        here.authenticator().authenticate(again.token(), Objects.requireNonNull(peer), number),
        answer -> {
          if (state == State.ENDED) {
            standOnNothing();
          } else if (answer instanceof Answer.Given<Caller>(Caller known)
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
          waiting.clear();
          updates.forget();
          refuse(new Refusal(DocumentFault.DELETED, document.id() + " was deleted"), null);
        } else if (!updates.wrote(told.key(), told.author())) {
          tell(told.said(), told.frame());
        }
      }
    });
  }

  private void tell(@Nullable ToClient said, @Nullable Frame shared) {
    if (said != null && shared != null) {
      send(frames.shares() ? shared : Frame.binary(frames.codec().encode(said)));
    }
  }

  @Override
  public void caughtUp(long lastId) {
    if (state == State.OPENING) {
      read(
          DocumentCopy::stateVector,
          known -> {
            state = State.OPEN;
            send(new Question(known));
            while (state == State.OPEN && !waiting.isEmpty()) {
              handle(waiting.remove());
            }
            waitingBytes = 0;
          });
    }
  }

  @Override
  public void present(List<Present> entries) {
    Aware said = awareness.hear(entries);
    if (state != State.ENDED && said != null) {
      link.runAndFlush(() -> send(said));
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

  private void answer(Question question) {
    read(copy -> copy.lackedBy(question.known()), lacked -> send(new Reply(lacked)));
  }

  // What is said.

  /// Tells what came of updates, where clients want to know.
  void settled(int count, boolean applied) {
    if (frames.codec().tellsOutcomes()) {
      for (int i = 0; i < count; i++) {
        send(new Settled(applied));
      }
    }
  }

  /// Works something out of the document as it stands, off the link's thread, and goes on with it
  /// unless the session is over by then.
  <T> void read(Function<DocumentCopy, T> work, Consumer<T> next) {
    if (reads >= READS_MAX) {
      refuse(new Refusal(DocumentFault.RATE_LIMITED, "more questions than it waits for"), null);
      return;
    }
    reads++;
    link.inTurn(() -> {
      reads--;
      if (state == State.ENDED) {
        return false;
      }
      link.then(
          here.shelf().read(caller(), document, work),
          answer -> {
            told(answer, next);
            link.turnOver();
          },
          () -> {
            away();
            link.turnOver();
          });
      return true;
    });
  }

  private <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    link.then(stage, answer -> told(answer, next), this::away);
  }

  private <T> void told(Answer<T> answer, Consumer<T> next) {
    if (state == State.ENDED) {
      return;
    }
    switch (answer) {
      case Answer.Given<T>(T value) -> next.accept(value);
      case Answer.Refused<T>(Fault fault) ->
          refuse(
              fault.code() == FaultCode.FORBIDDEN ? forbidden() : DocumentChanges.refusal(fault),
              null);
    }
  }

  private void send(ToClient message) {
    send(Frame.binary(frames.codec().encode(message)));
  }

  private void send(Frame frame) {
    if (state != State.ENDED) {
      link.send(frame);
    }
  }

  void away() {
    refuse(new Refusal(DocumentFault.UNAVAILABLE, "the server's database is away"), null);
  }

  /// Says no, and goodbye when the fault is one that ends the session.
  ///
  /// @param update the update that is refused; null = it was not one
  void refuse(Refusal refusal, @Nullable FromClient update) {
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
      // Hocuspocus' provider opens a document again only with its socket.
      if (!frames.codec().tellsOutcomes() || refusal.fault().passes()) {
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
    holder.over();
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /// Who the client is, once that is known.
  Caller caller() {
    return Objects.requireNonNull(caller, "a session that is open has a caller");
  }
}
