package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `/api/{model}` and `/api/{model}/{id}`: one entity at a time.
///
/// A retry under the same `Idempotency-Key` gets the first answer, whatever happened to the entity
/// since (K2): the record is folded again from the log.
final class EntityHandler {
  private static final PageLimit ONE = new PageLimit(1, 1);

  private final ScopeSession.Surroundings here;
  private final MadeNames names;

  EntityHandler(ScopeSession.Surroundings here) {
    this.here = here;
    this.names = new MadeNames(here.seams().random());
  }

  void create(ScopeExchange exchange) {
    whenRead(
        exchange,
        request -> {
          WriteKey key = names.key(request.key());
          EntityId id = request.id();
          EntityId made =
              id == null ? names.id(request.scope(), exchange.caller().principal(), key) : id;
          commit(exchange, write(request, key, made, Action.INSERT, request.fields()));
        });
  }

  void update(ScopeExchange exchange) {
    whenRead(
        exchange,
        request ->
            commit(
                exchange,
                write(
                    request,
                    names.key(request.key()),
                    pathId(request),
                    Action.UPDATE,
                    request.fields())));
  }

  void delete(ScopeExchange exchange) {
    whenRead(
        exchange,
        request -> {
          if (request.fields().fields().isEmpty()) {
            Write write =
                write(request, names.key(request.key()), pathId(request), Action.DELETE, null);
            commit(
                exchange,
                request.erases()
                    ? write.erasing(exchange.caller().erasable(request.scope()))
                    : write);
          } else {
            exchange.refuse(ScopeFault.INVALID, "a delete has no fields besides scope and id");
          }
        });
  }

  private static EntityId pathId(EntityRequest request) {
    return Objects.requireNonNull(request.id(), "the route has an id");
  }

  void read(ScopeExchange exchange) {
    whenRead(
        exchange,
        request -> {
          EntityKey key = new EntityKey(request.scope(), request.model(), pathId(request));
          exchange.ask(
              here.kernel().entity(exchange.caller(), key),
              found -> {
                Optional<Entity> living = found.filter(entity -> !entity.deleted());
                if (living.isPresent()) {
                  found(exchange, living.get());
                } else {
                  exchange.refuse(ScopeFault.ABSENT, "there is no " + name(key));
                }
              });
        });
  }

  private static void found(ScopeExchange exchange, Entity entity) {
    String tag = EntityTags.of(entity.version());
    boolean known = EntityTags.isKnown(exchange.request().headers(), tag);
    HttpAnswer answer =
        known
            ? HttpAnswer.empty(304)
            : ScopeExchange.json(ScopeBodies.encode(ScopeChanges.item(entity)), 200);
    exchange.answer(
        answer
            .with("ETag", tag)
            .with("Vary", "Accept-Encoding, Authorization")
            .with("Cache-Control", "private, no-cache"));
  }

  private void whenRead(ScopeExchange exchange, Consumer<EntityRequest> next) {
    Decoded<EntityRequest> decoded =
        EntityRequest.of(
            exchange.request(), here.kernel().models(), here.policy().limits().http().entity());
    switch (decoded) {
      case Decoded.Good<EntityRequest>(EntityRequest request) -> next.accept(request);
      case Decoded.Bad<EntityRequest> bad -> exchange.refuse(bad.refusal());
    }
  }

  private static Write write(
      EntityRequest request,
      WriteKey key,
      EntityId id,
      Action action,
      @Nullable JsonObject fields) {
    EntityKey entity = new EntityKey(request.scope(), request.model(), id);
    return new Write(
        key, entity, action, fields, null, request.expectedVersion(), request.claim(), 0, null);
  }

  private void commit(ScopeExchange exchange, Write write) {
    if (!here.writes().refuses(exchange, here.observer(), 1)) {
      exchange.then(
          here.kernel().commit(Commit.of(exchange.caller(), write)),
          outcomes -> settled(exchange, write, outcomes.getFirst()));
    }
  }

  private void settled(ScopeExchange exchange, Write write, Outcome outcome) {
    switch (outcome) {
      case Outcome.Applied applied -> applied(exchange, write, applied);
      case Outcome.Duplicate(Outcome first) -> settled(exchange, write, first);
      case Outcome.Conflict(Entity current) -> conflict(exchange, write, current);
      case Outcome.Refused(Fault fault) -> exchange.refuse(ScopeChanges.refusal(fault));
    }
  }

  private static void conflict(ScopeExchange exchange, Write write, @Nullable Entity current) {
    String there =
        current == null
            ? "there is no " + name(write.entity())
            : name(write.entity())
                + (current.deleted() ? " is deleted at version " : " has the version ")
                + current.version();
    exchange.refuse(
        Problem.conflict(
            current == null ? null : ScopeChanges.item(current),
            there + "; the write expected " + write.expectedVersion()));
  }

  private static String name(EntityKey key) {
    return key.model() + " " + key.id() + " in " + key.scope();
  }

  private void applied(ScopeExchange exchange, Write write, Outcome.Applied applied) {
    Entity entity = applied.entity();
    if (entity != null) {
      applied(exchange, write, applied, entity);
    } else if (write.action() == Action.DELETE) {
      gone(exchange, write, applied);
    } else {
      exchange.ask(
          here.kernel().entityAt(exchange.caller(), write.entity(), applied.seq()),
          found ->
              found.ifPresentOrElse(
                  then -> applied(exchange, write, applied, then),
                  () -> receipt(exchange, write, applied)));
    }
  }

  private void applied(
      ScopeExchange exchange, Write write, Outcome.Applied applied, Entity entity) {
    boolean first = entity.version() == 1;
    if (write.action() != Action.INSERT || (!first && entity.createdAt() != entity.updatedAt())) {
      answer(exchange, 200, entity);
    } else if (first && !mayChangeNothing(write)) {
      answer(exchange, 201, entity);
    } else {
      // Nothing changed, or replaced as a whole, or inserted again after a delete, or updated in
      // the millisecond of its insert: the log knows.
      exchange.ask(
          here.kernel().read(exchange.caller(), write.entity().scope(), applied.id() - 1, ONE),
          reading ->
              inserted(exchange, write, insertOf(reading, exchange, write, applied.id()), entity));
    }
  }

  private boolean mayChangeNothing(Write write) {
    return here.kernel().models().of(write.entity().model()).rule() instanceof GreatestRule;
  }

  /// The write's own insert; empty = what it came to was another change, or no insert.
  private static Optional<Change> insertOf(
      Reading reading, ScopeExchange exchange, Write write, long id) {
    return reading instanceof Reading.Page page
        ? page.changes().stream()
            .findFirst()
            .filter(change -> change.id() == id)
            .filter(change -> change.author().equals(exchange.caller().principal()))
            .filter(change -> change.key().equals(write.key()))
            .filter(change -> change.action() == Action.INSERT)
        : Optional.empty();
  }

  /// An insert is a create unless it replaced what lived.
  private void inserted(
      ScopeExchange exchange, Write write, Optional<Change> insert, Entity entity) {
    long prior = insert.map(Change::prior).orElse(0L);
    if (prior == 0) {
      answer(exchange, insert.isPresent() ? 201 : 200, entity);
    } else {
      exchange.ask(
          here.kernel().entityAt(exchange.caller(), write.entity(), prior),
          before ->
              answer(exchange, before.filter(it -> !it.deleted()).isPresent() ? 200 : 201, entity));
    }
  }

  private static void answer(ScopeExchange exchange, int status, Entity entity) {
    answer(exchange, status, ScopeChanges.item(entity), entity.version());
  }

  private static void gone(ScopeExchange exchange, Write write, Outcome.Applied applied) {
    EntityKey key = write.entity();
    SyncRecord gone = SyncRecord.deleted(key.id(), key.scope(), applied.version(), applied.id());
    answer(exchange, 200, gone, applied.version());
  }

  private static void answer(ScopeExchange exchange, int status, SyncRecord item, long version) {
    exchange.answer(
        ScopeExchange.json(ScopeBodies.encode(item), status)
            .with("ETag", EntityTags.of(version))
            .with("Cache-Control", "no-store"));
  }

  /// A first answer of which the log no longer holds the record: what is known of it.
  private static void receipt(ScopeExchange exchange, Write write, Outcome.Applied applied) {
    JsonObject receipt =
        JsonObject.EMPTY
            .with("id", write.entity().id().text())
            .with("scope", write.entity().scope().text())
            .with("version", applied.version())
            .with("syncId", applied.id());
    exchange.answer(
        ScopeExchange.json(receipt.text(), 200)
            .with("ETag", EntityTags.of(applied.version()))
            .with("Cache-Control", "no-store"));
  }
}
