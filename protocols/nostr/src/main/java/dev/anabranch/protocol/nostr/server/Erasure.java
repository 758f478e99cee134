package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Deletion;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.EventScopes;
import dev.anabranch.nostr.seed.SeedEvents;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes events back, and what they were besides themselves: deletion (NIP-09), vanishing (NIP-62),
/// expiry (NIP-40), bans and retention.
///
/// The OK of a deletion or a vanishing is only said when nothing was refused that should have gone;
/// otherwise whoever asked is told to ask again.
final class Erasure {

  private static final int CHUNK = 500;
  private static final PageLimit EXPIRED = new PageLimit(CHUNK, 8 * 1024 * 1024);

  private final Kernel kernel;
  private final Finder finder;
  private final NostrSeams seams;
  private final Publisher.Seeds seeds;
  private final Storing storing;
  private final Routing routing;
  private final AtomicReference<CompletionStage<?>> vanishing = new AtomicReference<>(done(true));

  /// How an event goes to disk, with what it does.
  @FunctionalInterface
  interface Storing {

    /// Commits the event's own write, which is the first, and the others; as the author.
    CompletionStage<Published> store(Event event, Identity author, List<Write> writes);
  }

  Erasure(Kernel kernel, Finder finder, NostrSeams seams, Publisher.Seeds seeds, Storing storing) {
    this.kernel = kernel;
    this.finder = finder;
    this.seams = seams;
    this.seeds = seeds;
    this.storing = storing;
    this.routing = new Routing(kernel);
  }

  // Deletion (NIP-09).

  /// Publishes a deletion. What an event was besides itself is taken back no later than the event,
  /// and blanked by the same change: a request that broke off finds the rest when it comes again.
  ///
  /// What stands elsewhere than in the author's scope is looked for once the deletion is on disk:
  /// whatever comes later is barred by it.
  CompletionStage<Published> delete(Event request, Bytes json, Identity author) {
    List<EventId> ids = List.copyOf(Deletion.of(request).orElseThrow().ids());
    return found(ids)
        .thenCompose(found ->
            kept(request, author, found)
                .thenCompose(kept ->
                    kept.isPresent()
                        ? done(Published.refused(request.id(), NostrChanges.refusal(kept.get())))
                        : delete(request, json, author, found)));
  }

  /// Why nothing is deleted: something would go along that the server wrote (decision 0110).
  private CompletionStage<Optional<Fault>> kept(Event request, Identity author, List<Event> found) {
    CompletionStage<Optional<Fault>> kept = done(Optional.empty());
    for (Event target : found) {
      Optional<Write> back =
          target.author().equals(request.author())
              ? retraction(request.id(), author, target)
              : Optional.empty();
      if (back.isPresent()) {
        kept = kept.thenCombine(kept(back.get().entity()), (one, other) -> one.or(() -> other));
      }
    }
    return kept;
  }

  private CompletionStage<Optional<Fault>> kept(EntityKey key) {
    Set<String> fields = kernel.models().of(key.model()).serverOwned();
    if (fields.isEmpty()) {
      return done(Optional.empty());
    }
    return kernel
        .entity(NostrChanges.relay(), key)
        .thenApply(answer ->
            answer instanceof Answer.Given<Optional<Entity>>(Optional<Entity> entity)
                ? entity
                    .filter(it -> !it.deleted())
                    .flatMap(
                        it -> fields.stream().filter(it.data().fields()::containsKey).findFirst())
                    .map(field ->
                        new Fault(
                            FaultCode.SERVER_OWNED,
                            "the "
                                + key.model()
                                + " that it was holds the field "
                                + field
                                + ", which is written by the server only"))
                : Optional.empty());
  }

  private CompletionStage<Published> delete(
      Event request, Bytes json, Identity author, List<Event> found) {
    List<EventId> ids = List.copyOf(Deletion.of(request).orElseThrow().ids());
    List<Write> own = new ArrayList<>(List.of(NostrChanges.write(request, json)));
    for (Event target : found) {
      if (target.author().equals(request.author())) {
        retraction(request.id(), author, target)
            .map(back -> back.erasing(wroteAs(NostrChanges.author(request.author(), author))))
            .ifPresent(own::add);
      }
    }
    own.addAll(deletions(request, found));
    int first = Math.min(own.size(), together(request, json));
    return storing
        .store(request, author, own.subList(0, first))
        .thenCompose(published ->
            published.refusal() == null
                ? orAgain(
                    request,
                    rest(own, first, NostrChanges.author(request.author(), author))
                        .thenCompose(ignored -> found(ids))
                        .thenCompose(left -> elsewhere(request, left))
                        .thenCompose(writes -> rest(writes, 0, NostrChanges.relay()))
                        .thenApply(ignored -> published))
                : done(published));
  }

  /// How many writes of a request are committed with its own. Of a call each is decided for itself:
  /// what may be one too many is asked alone, for a request that is refused must leave nothing.
  private static int together(Event request, Bytes json) {
    return RoomMakers.makesRoom(request, json) ? CHUNK : 1;
  }

  /// The names whose changes somebody may blank of what they delete, and the eraser, which repeats
  /// what others said.
  private static Set<PrincipalId> wroteAs(Caller author) {
    Set<PrincipalId> names = new HashSet<>(author.names());
    names.add(PrincipalId.ERASER);
    return names;
  }

  /// Deletions of the author's own, numbered by the request alone, whatever of it is here.
  private static List<Write> deletions(Event request, List<Event> found) {
    Deletion deletion = Deletion.of(request).orElseThrow();
    List<EventId> ids = List.copyOf(deletion.ids());
    List<Write> all = new ArrayList<>();
    int number = 0;
    for (EventId id : ids) {
      number++;
      all.add(NostrChanges.delete(request.id(), number, request.author(), id));
      for (Event target : found) {
        if (target.id().equals(id)
            && target.author().equals(request.author())
            && target.kindClass().keepsNewest()) {
          all.add(NostrChanges.delete(request.id(), number + ids.size(), target));
        }
      }
    }
    number += ids.size();
    for (Address address : deletion.addresses()) {
      number++;
      all.add(NostrChanges.delete(request.id(), number, address, request.createdAtSeconds()));
    }
    return all;
  }

  /// Deletions of what a request means and that does not stand in its author's scope: in a chat's
  /// or a private one its own, whatever right it has there now, and gift wraps, which may be
  /// deleted by whom they are for (NIP-59) and are barred in their author's scope.
  private CompletionStage<List<Write>> elsewhere(Event request, List<Event> left) {
    CompletionStage<List<Write>> writes = done(new ArrayList<>());
    for (Event target : left) {
      WriteKey key = new WriteKey(request.id().hex() + "/sent/" + target.id().hex());
      if (target.kind() == Kinds.GIFT_WRAP && target.hasTag("p", request.author().hex())) {
        writes = with(writes, done(Optional.of(NostrChanges.entity(target))), key);
        writes = with(writes, routing.elsewhere(target), new WriteKey(key + "/there"));
      } else if (target.author().equals(request.author())) {
        writes = with(writes, routing.elsewhere(target), key);
      }
    }
    return writes;
  }

  private static CompletionStage<List<Write>> with(
      CompletionStage<List<Write>> writes,
      CompletionStage<Optional<EntityKey>> gone,
      WriteKey key) {
    return writes.thenCombine(
        gone,
        (all, there) -> {
          there.ifPresent(entity -> all.add(Write.delete(key, entity).at(NostrChanges.FOR_EVER)));
          return all;
        });
  }

  /// Takes back what an event was besides itself.
  private Optional<Write> retraction(EventId cause, Identity author, Event target) {
    return seeds
        .kinds()
        .entity(target)
        .flatMap(
            entity -> seeds.changes().retraction(cause.hex(), author.principal(), target, entity));
  }

  /// Events by their ids.
  CompletionStage<List<Event>> found(List<EventId> ids) {
    return ids.isEmpty() ? done(List.of()) : all(Filter.ANY.withIds(Set.copyOf(ids)), ids.size());
  }

  /// The writes from one on; whether a right was missing is the kernel's to say, and no failure.
  private CompletionStage<Boolean> rest(List<Write> writes, int from, Caller author) {
    if (from >= writes.size()) {
      return done(true);
    }
    List<Write> chunk = writes.subList(from, Math.min(writes.size(), from + CHUNK));
    return kernel
        .commit(new Commit(author, chunk, false))
        .thenCompose(outcomes -> {
          BrokenOff.ifAway(outcomes);
          return rest(writes, from + CHUNK, author);
        });
  }

  /// What is published, or the request to ask again when it broke off.
  private static CompletionStage<Published> orAgain(
      Event request, CompletionStage<Published> published) {
    return published.exceptionally(failure -> {
      Throwable cause = NostrLink.causeOf(failure);
      if (cause instanceof BrokenOff broken) {
        return Published.refused(request.id(), NostrChanges.refusal(broken.fault()));
      }
      if (cause instanceof StoreFailure) {
        Fault away = new Fault(FaultCode.UNAVAILABLE, "the relay's database is away; ask again");
        return Published.refused(request.id(), NostrChanges.refusal(away));
      }
      throw new CompletionException(cause);
    });
  }

  // Vanishing (NIP-62).

  /// Publishes a request to vanish; one is worked on at a time.
  ///
  /// The request itself goes to disk first, and with it the bar against everything older. When the
  /// erasing breaks off, the client has no OK and asks again. Once it is done with, it is a
  /// duplicate, whoever brings it.
  CompletionStage<Published> vanish(Event request, Bytes json, Identity author, Set<String> hosts) {
    return NostrPolicy.isForUs(request, hosts)
        ? inTurn(() -> orAgain(request, vanishUnlessDone(request, json, author)))
        : done(
            Published.refused(
                request.id(),
                new Refusal(NostrFault.MALFORMED, "no relay tag names this relay or ALL_RELAYS")));
  }

  /// Whether there is something that a request to vanish is about: events by its author or to them,
  /// a right in a chat, or the request itself, which may have broken off.
  CompletionStage<Boolean> concerns(Event request) {
    PublicKey author = request.author();
    List<Filter> filters =
        List.of(
            Filter.ANY.withAuthors(Set.of(author)),
            Filter.ANY.withKinds(Set.of(Kinds.GIFT_WRAP)).withTag('p', Set.of(author.hex())));
    Caller name = new Caller(new PrincipalId(author.hex()), Authority.GRANTED, NostrGateway.ORIGIN);
    return StoredEvents.whole(
            finder,
            filters,
            sight ->
                sight.event().kind() != Kinds.VANISH || sight.event().id().equals(request.id()),
            Sieve.OPEN,
            1)
        .gather()
        .thenCompose(found ->
            found.isEmpty()
                ? seeds.memberships().scopesOf(name, null, 1).thenApply(some -> !some.isEmpty())
                : done(true));
  }

  private CompletionStage<Published> inTurn(Supplier<CompletionStage<Published>> work) {
    CompletableFuture<Published> mine = new CompletableFuture<>();
    vanishing
        .getAndSet(mine.handle((published, failure) -> true))
        .thenCompose(ignored -> work.get())
        .whenComplete((published, failure) -> {
          if (failure == null) {
            mine.complete(published);
          } else {
            mine.completeExceptionally(failure);
          }
        });
    return mine;
  }

  private CompletionStage<Published> vanishUnlessDone(Event request, Bytes json, Identity author) {
    return kernel
        .entity(NostrChanges.relay(), NostrChanges.vanished(request))
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<Optional<Entity>>(Optional<Entity> there) ->
                  there.isPresent()
                      ? done(Published.known(request.id()))
                      : vanishNow(request, json, author);
              case Answer.Refused<Optional<Entity>>(Fault fault) -> throw new BrokenOff(fault);
            });
  }

  private CompletionStage<Published> vanishNow(Event request, Bytes json, Identity author) {
    List<Write> writes = List.of(NostrChanges.write(request, json), NostrChanges.vanish(request));
    Filter before = Filter.ANY.between(0, request.createdAtSeconds());
    Filter own = before.withAuthors(Set.of(request.author()));
    Filter sent =
        before.withKinds(Set.of(Kinds.GIFT_WRAP)).withTag('p', Set.of(request.author().hex()));
    int first = Math.min(writes.size(), together(request, json));
    return storing
        .store(request, author, writes.subList(0, first))
        .thenCompose(published ->
            published.refusal() != null
                ? done(published)
                : rest(writes, first, NostrChanges.author(request.author(), author))
                    .thenCompose(ignored -> takeBack(request))
                    .thenCompose(ignored -> eraseAll(request.id(), own, author))
                    .thenCompose(ignored -> eraseAll(request.id(), sent, author))
                    .thenCompose(ignored ->
                        rest(List.of(NostrChanges.vanishedBy(request)), 0, NostrChanges.relay()))
                    .thenApply(ignored -> published));
  }

  /// Takes back what was written of entities under the key's own name, before the events go that
  /// say where. The name never changes: it is the principal of a first key, and of another key what
  /// it was called before it joined a principal, which other keys speak for as well.
  private CompletionStage<Boolean> takeBack(Event request) {
    PrincipalId name = new PrincipalId(request.author().hex());
    Set<PrincipalId> names = Set.of(name);
    Caller caller = new Caller(name, Authority.GRANTED, NostrGateway.ORIGIN);
    Set<ScopeName> scopes =
        new TreeSet<>(List.of(SeedChanges.own(name), ScopeName.privateOf(name.text())));
    Vanishing work = new Vanishing(kernel, request.id(), names, request.createdAtSeconds());
    return granted(caller, null, scopes)
        .thenCompose(ignored -> spokenOf(request.author(), scopes))
        .thenCompose(ignored -> work.from(scopes));
  }

  /// The chats in which somebody has a right.
  private CompletionStage<Boolean> granted(
      Caller caller, @Nullable ScopeName after, Set<ScopeName> into) {
    return seeds
        .memberships()
        .scopesOf(caller, after, CHUNK)
        .thenCompose(page -> {
          page.stream().map(granted -> granted.scope()).filter(Erasure::isChat).forEach(into::add);
          return page.size() < CHUNK ? done(true) : granted(caller, page.getLast().scope(), into);
        });
  }

  /// The chats that somebody's events are about, and the scopes of the bridge's that show what they
  /// wrote.
  private CompletionStage<Boolean> spokenOf(PublicKey author, Set<ScopeName> into) {
    PublicKey bridge = seeds.bridge();
    List<Filter> filters = new ArrayList<>();
    filters.add(
        Filter.ANY
            .withAuthors(Set.of(author))
            .withKinds(Set.of(SeedEvents.CHAT, Kinds.CHAT_MESSAGE)));
    if (bridge != null) {
      filters.add(Filter.ANY.withAuthors(Set.of(bridge)).withTag('p', Set.of(author.hex())));
    }
    return StoredEvents.whole(finder, filters, ignored -> true, Sieve.OPEN, Integer.MAX_VALUE)
        .each(event ->
            EventScopes.of(event).stream()
                .flatMap(bound -> ScopeName.parse(bound.scope()).stream())
                .filter(scope -> isChat(scope) || event.author().equals(bridge))
                .forEach(into::add));
  }

  private static boolean isChat(ScopeName scope) {
    return scope.kind().equals("chat");
  }

  /// Erases the events of a filter, and what those of a key were that joined a principal: the log
  /// says of these only that they are the principal's.
  private CompletionStage<Boolean> eraseAll(EventId cause, Filter filter, Identity author) {
    return all(filter, CHUNK)
        .thenCompose(found -> {
          List<Event> going = butRequestsToVanish(found);
          List<Write> back = new ArrayList<>();
          for (Event event : going) {
            retraction(cause, author, event)
                .filter(ignored -> isOfAJoined(event, filter, author))
                .map(each -> each.erasing(madeBy(event, author)))
                .ifPresent(back::add);
          }
          return going.isEmpty()
              ? done(true)
              : gone(back, NostrChanges.eraser())
                  .thenCompose(ignored -> erasures(going, event -> cause))
                  .thenCompose(writes -> gone(writes, NostrChanges.relay()))
                  .thenCompose(ignored -> eraseAll(cause, filter, author));
        });
  }

  private static List<Event> butRequestsToVanish(List<Event> found) {
    return found.stream().filter(event -> event.kind() != Kinds.VANISH).toList();
  }

  private static Set<PrincipalId> madeBy(Event event, Identity author) {
    return Set.of(author.principal(), new PrincipalId(event.author().hex()), PrincipalId.ERASER);
  }

  private static boolean isOfAJoined(Event event, Filter own, Identity author) {
    Set<PublicKey> authors = own.authors();
    return authors != null
        && authors.contains(event.author())
        && !author.principal().text().equals(event.author().hex());
  }

  private CompletionStage<Boolean> gone(List<Write> writes, Caller by) {
    return writes.isEmpty()
        ? done(true)
        : kernel.commit(new Commit(by, writes, false)).thenApply(BrokenOff::unlessDone);
  }

  /// Deletes events wherever they stand.
  ///
  /// @param cause of each
  private CompletionStage<List<Write>> erasures(
      List<Event> events, Function<Event, EventId> cause) {
    CompletionStage<List<Write>> writes = done(new ArrayList<>());
    for (Event event : events) {
      writes =
          writes.thenCombine(
              routing.elsewhere(event),
              (all, elsewhere) -> {
                all.addAll(erasure(cause.apply(event), event, elsewhere));
                return all;
              });
    }
    return writes;
  }

  /// Deletes an event where it stands elsewhere, else in its author's scope: the bridge's have
  /// places of their own there.
  private static List<Write> erasure(EventId cause, Event event, Optional<EntityKey> elsewhere) {
    Write numbered = NostrChanges.delete(cause, 0, event);
    String key = cause.hex() + "/gone/" + event.id().hex();
    EntityKey place = elsewhere.orElse(numbered.entity());
    List<Write> all = new ArrayList<>();
    all.add(Write.delete(new WriteKey(key), place).at(numbered.hlc()));
    Places.of(event)
        .filter(ignored -> elsewhere.isEmpty())
        .ifPresent(
            shown -> all.add(Write.delete(new WriteKey(key + "/shown"), shown).at(numbered.hlc())));
    return all;
  }

  // Expiry (NIP-40).

  /// Erases what has expired.
  CompletionStage<Boolean> expire() {
    return finder
        .expired(seams.clock().millis() / 1000, EXPIRED)
        .thenCompose(found -> {
          List<Event> over =
              found.stream().flatMap(one -> Sight.of(one).stream()).map(Sight::event).toList();
          return over.isEmpty() ? done(true) : eraseEvents(over).thenCompose(ignored -> expire());
        });
  }

  /// Erases events for good.
  CompletionStage<Boolean> eraseEvents(List<Event> events) {
    return erasures(events, Event::id).thenCompose(this::erase);
  }

  /// Erases everything that a filter means, but for requests to vanish.
  CompletionStage<Boolean> eraseEvery(Filter filter) {
    return all(filter, CHUNK)
        .thenCompose(found -> {
          List<Event> going = butRequestsToVanish(found);
          return going.isEmpty()
              ? done(true)
              : eraseEvents(going).thenCompose(ignored -> eraseEvery(filter));
        });
  }

  /// The events of a filter, so many at most.
  CompletionStage<List<Event>> all(Filter filter, int most) {
    return StoredEvents.whole(finder, List.of(filter), ignored -> true, Sieve.OPEN, most).gather();
  }

  /// The ids of the bridge's events that stand where these say ([Places#shownBy]).
  CompletionStage<Set<EventId>> standing(Set<String> shownBy) {
    CompletionStage<Set<EventId>> ids = done(new HashSet<>());
    for (String each : shownBy) {
      ids =
          ids.thenCombine(
              kernel.entity(NostrChanges.relay(), Places.named(each)),
              (found, answer) -> {
                if (answer instanceof Answer.Given<Optional<Entity>>(Optional<Entity> entity)) {
                  entity.flatMap(Bridge::shown).ifPresent(found::add);
                }
                return found;
              });
    }
    return ids;
  }

  /// Deletes as the relay itself, whose right is every scope. A store that is away ends it; it is
  /// called again in a while.
  private CompletionStage<Boolean> erase(List<Write> writes) {
    return rest(writes, 0, NostrChanges.relay());
  }

  private static <T extends @Nullable Object> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
