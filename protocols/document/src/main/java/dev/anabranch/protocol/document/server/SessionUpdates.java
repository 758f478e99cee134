package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage.FromClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// What one session's client changes, on its way to the disk. On the link's thread.
///
/// ```
///   take ──▶ may the server hold it already? ──▶ examined ──it lacks it──▶ queue ──▶ commit
///     └───────────────── no ──────────────────────────────────────────────▶┘
/// ```
///
/// What was not told no goes to the disk also when the client is gone meanwhile.
final class SessionUpdates {
  private final DocumentSession session;
  private final DocumentSession.Surroundings here;
  private final DocumentLink link;
  private final EntityKey document;
  private final String keys;
  private final UpdateQueue queue;
  private final List<UpdateV1> examined = new ArrayList<>();
  private long written;

  /// @param keys what the session's write keys begin with
  SessionUpdates(
      DocumentSession session,
      DocumentSession.Surroundings here,
      DocumentLink link,
      EntityKey document,
      String keys) {
    this.session = session;
    this.here = here;
    this.link = link;
    this.document = document;
    this.keys = keys;
    this.queue = new UpdateQueue(here.policy().limits().messageBytesMax(), this::commit);
  }

  /// A key alone can be guessed by another writer, who would keep others from seeing his change.
  boolean wrote(WriteKey key, PrincipalId author) {
    return key.text().startsWith(keys) && author.equals(session.caller().principal());
  }

  void take(FromClient message, UpdateV1 update) {
    UpdateInspection inspection;
    try {
      inspection = Updates.inspect(update);
    } catch (MalformedUpdate malformed) {
      session.refuse(Refusal.of(malformed), message);
      return;
    }
    if (inspection.changesNothing()) {
      session.settled(1, true);
    } else if (session.isReadOnly() || message instanceof Reply) {
      // What the server holds already is no change: a reader's answer to our question, for one.
      examine(message, update, inspection);
    } else {
      write(message, update, inspection);
    }
  }

  private void examine(FromClient message, UpdateV1 update, UpdateInspection inspection) {
    examined.add(update);
    if (refusesSoMuch()) {
      return;
    }
    session.read(
        copy -> copy.lacks(update, here.seams().random()),
        lacks -> {
          examined.remove(update);
          if (lacks) {
            write(message, update, inspection);
          } else {
            session.settled(1, true);
          }
        });
  }

  private void write(FromClient message, UpdateV1 update, UpdateInspection inspection) {
    Optional<Refusal> no = refusal(update, inspection);
    if (no.isPresent()) {
      session.refuse(no.get(), message);
      return;
    }
    queue.add(update);
    if (!refusesSoMuch() && !queue.isBusy()) {
      link.soon(queue::flush);
    }
  }

  private boolean refusesSoMuch() {
    long bytes = examined.stream().mapToLong(update -> update.bytes().length).sum();
    Optional<Refusal> tooMuch = here.policy().gathers(queue.bytes() + bytes);
    tooMuch.ifPresent(refusal -> session.refuse(refusal, null));
    return tooMuch.isPresent();
  }

  private Optional<Refusal> refusal(UpdateV1 update, UpdateInspection inspection) {
    Caller caller = session.caller();
    if (session.isReadOnly()) {
      return DocumentPolicy.refused(
          DocumentFault.READ_ONLY, caller.principal() + " may only read " + document.scope());
    }
    int foreign =
        here.clientIds()
            .foreignTo(caller.principal(), document, DocumentInspection.clientsOf(inspection));
    Optional<Refusal> no = here.policy().acceptsForeign(foreign);
    if (no.isPresent()) {
      here.observer().foreign(); // what is accepted is counted where it is committed
    }
    return no.or(() -> here.policy().accepts(update));
  }

  private void commit(List<UpdateV1> batch) {
    link.then(
        here.kernel().commit(Commit.of(session.caller(), write(batch))),
        outcomes -> {
          committed(outcomes.getFirst(), batch.size());
          queue.settled();
        },
        session::away);
  }

  private void committed(Outcome outcome, int count) {
    switch (outcome) {
      case Outcome.Applied ignored -> {
        here.observer().applied(count);
        session.settled(count, true);
      }
      case Outcome.Duplicate ignored -> session.settled(count, true);
      case Outcome.Conflict ignored -> session.settled(count, false);
      case Outcome.Refused(Fault fault) -> {
        session.settled(count, false);
        session.refuse(DocumentChanges.refusal(fault), null);
      }
    }
  }

  /// Updates as the session's next write.
  Write write(List<UpdateV1> batch) {
    written++;
    return DocumentChanges.merge(new WriteKey(keys + written), document, batch);
  }

  /// The document was deleted: without what they stood on, updates would make a torso of it again.
  void forget() {
    queue.clear();
    examined.clear();
  }

  /// The session is over. What the client sent before goes to the disk all the same.
  ///
  /// @param speaker who it is, once that is known
  /// @param unopened updates that came before the document was open
  void end(CompletionStage<Answer<Caller>> speaker, List<UpdateV1> unopened) {
    while (queue.bytes() > 0) {
      quietly(commit(session.caller(), queue.take()));
    }
    List<UpdateV1> unsure = new ArrayList<>(examined);
    unsure.addAll(unopened);
    examined.clear();
    if (!unsure.isEmpty() && !session.isReadOnly()) {
      quietly(speaker.thenCompose(answer -> lastWords(answer, sound(unsure))));
    }
  }

  private CompletionStage<Boolean> lastWords(Answer<Caller> speaker, List<UpdateV1> unsure) {
    if (!(speaker instanceof Answer.Given<Caller>(Caller caller))) {
      return CompletableFuture.completedFuture(true);
    }
    return here.shelf()
        .read(caller, document, copy -> lackedBy(copy, unsure))
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<List<UpdateV1>>(List<UpdateV1> lacked) -> commitAll(caller, lacked);
              // The scope may be one that the caller's first change founds; the commit knows.
              case Answer.Refused<List<UpdateV1>> ignored -> commitAll(caller, unsure);
            });
  }

  /// Those that can be read and are accepted; one that is not costs the others nothing.
  private List<UpdateV1> sound(List<UpdateV1> unsure) {
    List<UpdateV1> sound = new ArrayList<>();
    for (UpdateV1 update : unsure) {
      try {
        boolean isNothing = Updates.inspect(update).changesNothing();
        Optional<Refusal> no = here.policy().accepts(update);
        no.ifPresent(refusal -> here.observer().refused(refusal.fault()));
        if (!isNothing && no.isEmpty()) {
          sound.add(update);
        }
      } catch (MalformedUpdate malformed) {
        here.observer().refused(DocumentFault.MALFORMED);
      }
    }
    return sound;
  }

  private List<UpdateV1> lackedBy(DocumentCopy copy, List<UpdateV1> unsure) {
    return unsure.stream().filter(update -> isLacked(copy, update)).toList();
  }

  private boolean isLacked(DocumentCopy copy, UpdateV1 update) {
    try {
      return copy.lacks(update, here.seams().random());
    } catch (MalformedUpdate malformed) {
      here.observer().refused(DocumentFault.MALFORMED);
      return false;
    }
  }

  /// In as many changes as one queue would make of them; whether all were made.
  private CompletionStage<Boolean> commitAll(Caller caller, List<UpdateV1> updates) {
    UpdateQueue last = new UpdateQueue(here.policy().limits().messageBytesMax(), batch -> {});
    updates.forEach(last::add);
    CompletionStage<Boolean> done = CompletableFuture.completedFuture(true);
    while (last.bytes() > 0) {
      CompletionStage<Boolean> next = commit(caller, last.take());
      done = done.thenCombine(next, Boolean::logicalAnd);
    }
    return done;
  }

  /// Commits when nobody is there to be told of it; whether that changed anything.
  private CompletionStage<Boolean> commit(Caller caller, List<UpdateV1> batch) {
    return here.kernel()
        .commit(Commit.of(caller, write(batch)))
        .thenApply(outcomes -> {
          Outcome outcome = outcomes.getFirst();
          if (outcome instanceof Outcome.Applied) {
            here.observer().applied(batch.size());
          } else if (outcome instanceof Outcome.Refused(Fault fault)) {
            here.observer().refused(DocumentChanges.refusal(fault).fault());
          }
          return outcome instanceof Outcome.Applied;
        });
  }

  private void quietly(CompletionStage<?> stage) {
    stage.whenComplete((ignored, failure) -> {
      if (failure != null && !(DocumentLink.causeOf(failure) instanceof StoreFailure)) {
        here.observer().failed(failure);
      }
    });
  }
}
