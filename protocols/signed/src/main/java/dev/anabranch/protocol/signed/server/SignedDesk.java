package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.protocol.signed.server.SignedChanges.Prepared;
import dev.anabranch.protocol.signed.server.SignedChanges.Preparing;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.protocol.signed.wire.Payload;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Fetch;
import dev.anabranch.protocol.signed.wire.SignedMessage.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one open session writes and fetches. Confined to the session's loop.
final class SignedDesk {

  private static final int PAGES_MAX = 32;

  /// What the entities in one answer may take; the rest of a frame is for what is said of them.
  private static final int ANSWER_BYTES_MAX = 256 * 1024;

  /// What one frame may take as the proof of several changes.
  private static final long PROOF_BYTES_MAX = 16L << 20;

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private final Caller caller;
  private int underWay;

  SignedDesk(SignedSession.Surroundings here, SignedOutbox outbox, Caller caller) {
    this.here = here;
    this.outbox = outbox;
    this.caller = caller;
  }

  private Models models() {
    return here.kernel().models();
  }

  /// Syncs without an answer so far.
  int underWay() {
    return underWay;
  }

  // Writing.

  /// Whether a sync shares a chat with anybody.
  boolean shares(Sync sync) {
    return !SharingChanges.Named.in(sync.payloads()).isEmpty();
  }

  /// Whom a sync shares chats with.
  CompletionStage<Sharing> sharing(Sync sync) {
    return new SharingLookup(here.kernel(), here.accounts(), caller).of(sync.payloads());
  }

  void commit(Sync sync, long re, Sharing sharing, Bytes proof) {
    List<Preparing> prepared = new ArrayList<>();
    for (Payload payload : sync.payloads()) {
      // What is written together has one proof; what may stand alone has its own.
      Bytes own = prepared.isEmpty() || !sync.atomic() ? proof : null;
      prepared.add(SignedChanges.prepare(payload, caller.principal(), sharing, models(), own));
    }
    if (sync.atomic()) {
      commitTogether(prepared, sync.batch(), re);
    } else if ((long) proof.size() * prepared.size() > PROOF_BYTES_MAX) {
      outbox.refuse(
          new Refusal(
              SignedFault.TOO_LARGE,
              "the frame would be kept "
                  + prepared.size()
                  + " times, beside each payload; split the batch, or send it atomic"),
          re);
    } else {
      commitEach(prepared, re);
    }
  }

  private void commitTogether(List<Preparing> prepared, boolean batch, long re) {
    List<Write> writes = new ArrayList<>();
    for (Preparing each : prepared) {
      if (each instanceof Preparing.Refused unfit) {
        answer(aborted(prepared, unfit), batch, re);
        return;
      }
      writes.addAll(((Preparing.Ready) each).prepared().writes());
    }
    Optional<Refusal> tooMany = tooMany(writes.size());
    if (tooMany.isPresent()) {
      outbox.refuse(tooMany.get(), re);
      return;
    }
    committed(
        new Commit(caller, writes, true),
        re,
        outcomes -> {
          List<JsonObject> told = new ArrayList<>();
          int from = 0;
          for (Preparing each : prepared) {
            Prepared ready = ((Preparing.Ready) each).prepared();
            int to = from + ready.writes().size();
            told.add(SignedChanges.outcome(ready, outcomes.subList(from, to), models()));
            from = to;
          }
          answer(told, batch, re);
        });
  }

  private static Optional<Refusal> tooMany(int writes) {
    return writes <= Commit.WRITES_MAX
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                SignedFault.TOO_LARGE, writes + " writes at once; at most " + Commit.WRITES_MAX));
  }

  private static List<JsonObject> aborted(List<Preparing> prepared, Preparing.Refused unfit) {
    List<JsonObject> told = new ArrayList<>();
    Refusal aborted =
        new Refusal(
            SignedFault.BATCH_ABORTED,
            "nothing of this batch was applied, because the payload "
                + unfit.id()
                + " does not fit");
    for (Preparing each : prepared) {
      told.add(
          switch (each) {
            case Preparing.Refused(String id, Refusal refusal) ->
                ServerFrames.refused(id, refusal, 0);
            case Preparing.Ready(Prepared ready) -> ServerFrames.refused(ready.id(), aborted, 0);
          });
    }
    return told;
  }

  private void commitEach(List<Preparing> prepared, long re) {
    Map<Integer, JsonObject> told = new TreeMap<>();
    for (int index = 0; index < prepared.size(); index++) {
      int place = index;
      Consumer<JsonObject> tell =
          outcome -> {
            told.put(place, outcome);
            if (told.size() == prepared.size()) {
              answer(List.copyOf(told.values()), true, re);
            }
          };
      switch (prepared.get(index)) {
        case Preparing.Refused(String id, Refusal refusal) ->
            tell.accept(ServerFrames.refused(id, refusal, 0));
        case Preparing.Ready(Prepared ready) ->
            tooMany(ready.writes().size())
                .ifPresentOrElse(
                    refusal -> tell.accept(ServerFrames.refused(ready.id(), refusal, 0)),
                    () ->
                        committed(
                            new Commit(caller, ready.writes(), true),
                            re,
                            outcomes ->
                                tell.accept(SignedChanges.outcome(ready, outcomes, models()))));
      }
    }
  }

  private void committed(Commit commit, long re, Consumer<List<Outcome>> next) {
    underWay++;
    outbox.then(
        here.kernel().commit(commit),
        re,
        outcomes -> {
          underWay--;
          next.accept(outcomes);
        },
        () -> underWay--);
  }

  private void answer(List<JsonObject> outcomes, boolean batch, long re) {
    for (JsonObject outcome : outcomes) {
      outcome.string("code").flatMap(SignedFault::ofCode).ifPresent(here.observer()::refused);
    }
    outbox.send(
        batch
            ? ServerFrames.outcomes(bounded(outcomes), re)
            : ServerFrames.outcome(outcomes.getFirst(), re));
  }

  /// Outcomes of a batch without those `current` that would make the frame too large; the first of
  /// them always goes along.
  private static List<JsonObject> bounded(List<JsonObject> outcomes) {
    List<JsonObject> bounded = new ArrayList<>();
    long bytes = 0;
    for (JsonObject outcome : outcomes) {
      long more =
          outcome.get(ServerFrames.CURRENT) instanceof JsonObject current
              ? Utf8.length(current.text())
              : 0;
      boolean fits = more == 0 || bytes == 0 || bytes + more <= ANSWER_BYTES_MAX;
      bytes += fits ? more : 0;
      bounded.add(fits ? outcome : outcome.without(ServerFrames.CURRENT));
    }
    return bounded;
  }

  // Fetching.

  void fetch(Fetch fetch, long re) {
    String id = fetch.id();
    boolean inChat = fetch.entity() == EntityKind.CHAT || fetch.entity() == EntityKind.MESSAGE;
    Optional<ScopeName> scope =
        inChat
            ? SignedChanges.chatScopeOf(String.valueOf(id))
            : SignedChanges.userScope(caller.principal());
    Optional<SnapshotPage.Place> after =
        Optional.ofNullable(fetch.after()).flatMap(SignedDesk::place);
    if (scope.isEmpty() || (fetch.after() != null && after.isEmpty())) {
      outbox.refuse(
          new Refusal(SignedFault.INVALID, "id or after names nothing that could be"), re);
    } else if (!inChat && id != null) {
      one(fetch, scope.get(), id, re);
    } else {
      Collecting collecting = new Collecting(fetch, scope.get(), models(fetch.entity()), re);
      ask(
          here.kernel().head(caller, scope.get()),
          re,
          !inChat,
          head -> collect(collecting, head, after.orElse(null)));
    }
  }

  private Set<ModelName> models(EntityKind kind) {
    return switch (kind) {
      case CHAT -> Set.of(SignedChanges.CHAT, ModelName.GRANT, SignedChanges.message(models()));
      default -> Set.of(SignedChanges.model(kind, models()));
    };
  }

  private static Optional<SnapshotPage.Place> place(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : ModelName.parse(text.substring(0, slash))
            .flatMap(model ->
                EntityId.parse(text.substring(slash + 1))
                    .map(entity -> new SnapshotPage.Place(model, entity)));
  }

  private void one(Fetch fetch, ScopeName scope, String id, long re) {
    EntityKey key =
        new EntityKey(
            scope, SignedChanges.model(fetch.entity(), models()), EntityId.parse(id).orElseThrow());
    ask(
        here.kernel().entity(caller, key),
        re,
        true,
        found -> {
          Optional<Entity> living = found.filter(entity -> !entity.deleted());
          if (living.isEmpty()) {
            outbox.refuse(
                new Refusal(SignedFault.ABSENT, "there is no " + fetch.entity().word() + " " + id),
                re);
          } else {
            JsonObject item = shown(living.get(), fetch);
            outbox.send(ServerFrames.fetched(List.of(item), living.get().id(), null, re));
          }
        });
  }

  /// A fetch under way.
  private static final class Collecting {
    private final Fetch fetch;
    private final ScopeName scope;
    private final Set<ModelName> models;
    private final long re;
    private final List<JsonObject> items = new ArrayList<>();
    private long bytes;
    private int pages;

    private Collecting(Fetch fetch, ScopeName scope, Set<ModelName> models, long re) {
      this.fetch = fetch;
      this.scope = scope;
      this.models = models;
      this.re = re;
    }
  }

  private void collect(Collecting so, ScopeHead head, SnapshotPage.@Nullable Place after) {
    int left = so.fetch.limit() - so.items.size();
    PageLimit limit = new PageLimit(left, (int) (ANSWER_BYTES_MAX - so.bytes));
    ask(
        here.kernel().snapshot(caller, so.scope, so.models, after, limit),
        so.re,
        false,
        page -> {
          for (Entity entity : page.entities()) {
            if (entity.id() > so.fetch.since()) {
              JsonObject item = shown(entity, so.fetch);
              so.items.add(item);
              so.bytes += Utf8.length(item.text());
            }
          }
          so.pages++;
          SnapshotPage.Place next = page.next();
          boolean isFull = so.items.size() >= so.fetch.limit() || so.bytes >= ANSWER_BYTES_MAX;
          boolean wantsMore = so.fetch.since() > 0 && !isFull;
          if (next != null && wantsMore && so.pages < PAGES_MAX) {
            collect(so, head, next);
          } else {
            String token = next == null ? null : next.model().text() + "/" + next.id().text();
            outbox.send(ServerFrames.fetched(so.items, head.id(), token, so.re));
          }
        });
  }

  private JsonObject shown(Entity entity, Fetch fetch) {
    JsonObject item = SignedChanges.item(entity, models());
    if (fetch.fields().isEmpty()) {
      return item;
    }
    JsonObject some = JsonObject.EMPTY;
    for (String name : fetch.fields()) {
      Json value = entity.data().get(name);
      some = value == null ? some : some.with(name, value);
    }
    return item.with("data", some);
  }

  /// Goes on with an answer.
  ///
  /// @param own whether the scope is the principal's own, which is empty before its first write
  private <T> void ask(CompletionStage<Answer<T>> stage, long re, boolean own, Consumer<T> next) {
    outbox.then(
        stage,
        re,
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> {
              if (own && fault.code() == FaultCode.FORBIDDEN) {
                outbox.send(ServerFrames.fetched(List.of(), 0, null, re));
              } else {
                outbox.refuse(SignedChanges.refusal(fault), re, SignedChanges.retryMillis(fault));
              }
            }
          }
        },
        () -> {});
  }
}
