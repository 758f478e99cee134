package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Deletion;
import dev.anabranch.nostr.rule.Kinds;
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
import org.jspecify.annotations.Nullable;

/// The way of a verified event into the log, whichever door it came through.
final class Publisher {

  private static final int CHUNK = 500;
  private static final PageLimit EXPIRED = new PageLimit(CHUNK, 8 * 1024 * 1024);

  private final Kernel kernel;
  private final Finder finder;
  private final LiveFeed feed;
  private final RecentEvents recent;
  private final NostrPolicy policy;
  private final NostrSeams seams;
  private final WritePolicy writePolicy;
  private final AuthorQuotas quotas;
  private final Optional<Membership> membership;
  private final Seeds seeds;

  /// What the publisher needs to know of events that are entities.
  ///
  /// @param identities whose keys are
  /// @param kinds which events are taken as the seeds mean them
  /// @param changes what they are
  /// @param memberships in which chats somebody has a right
  /// @param bridge the server's own key, whose events only the server makes; null = it has none
  record Seeds(
      Identities identities,
      SeedKinds kinds,
      SeedChanges changes,
      Memberships memberships,
      @Nullable PublicKey bridge) {}

  Publisher(
      Kernel kernel,
      Finder finder,
      LiveFeed feed,
      RecentEvents recent,
      NostrPolicy policy,
      NostrSeams seams,
      NostrGuards guards,
      Seeds seeds) {
    this.seeds = seeds;
    this.kernel = kernel;
    this.finder = finder;
    this.feed = feed;
    this.recent = recent;
    this.policy = policy;
    this.seams = seams;
    this.writePolicy = guards.writePolicy();
    this.membership = guards.membership();
    this.quotas = new AuthorQuotas(finder, guards.quota(), seams, policy.limits().trackedMax());
  }

  private long nowSeconds() {
    return seams.clock().millis() / 1000;
  }

  /// Publishes an event; the stage completes once it is on disk, and never with a failure other
  /// than a bug.
  ///
  /// @param json as it came
  CompletionStage<Published> publish(Event event, Bytes json, Sender sender) {
    if (membership.isPresent() && Membership.isRequest(event)) {
      return membership.get().answer(event, sender);
    }
    Optional<Refusal> refusal =
        policy
            .refuses(event, sender.keys(), nowSeconds())
            .or(() -> seeds.kinds().read(event).flatMap(SeedChanges::unfit));
    if (refusal.isPresent()) {
      return done(Published.refused(event.id(), refusal.get()));
    }
    if (event.author().equals(seeds.bridge())) {
      return returned(event);
    }
    return seeds
        .identities()
        .of(event.author())
        .exceptionally(Publisher::away)
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<Identity>(Identity author) -> judged(event, json, author, sender);
              case Answer.Refused<Identity>(Fault fault) ->
                  done(Published.refused(event.id(), NostrChanges.refusal(fault)));
            });
  }

  private static Answer<Identity> away(Throwable failure) {
    if (NostrLink.causeOf(failure) instanceof StoreFailure) {
      return new Answer.Refused<>(
          new Fault(FaultCode.UNAVAILABLE, "the relay's database is away; publish again"));
    }
    throw new CompletionException(NostrLink.causeOf(failure));
  }

  /// An event of the server's own key: here already, or made elsewhere.
  private CompletionStage<Published> returned(Event event) {
    return found(List.of(event.id()))
        .thenApply(found ->
            found.isEmpty()
                ? Published.refused(
                    event.id(),
                    new Refusal(
                        NostrFault.UNWANTED, "this relay alone publishes under its own key"))
                : Published.known(event.id()));
  }

  private CompletionStage<Published> judged(
      Event event, Bytes json, Identity author, Sender sender) {
    return writePolicy
        .judge(event, sender)
        .thenCompose(ruling ->
            switch (ruling) {
              case WritePolicy.Ruling.Accept ignored -> admitted(event, json, author, sender);
              case WritePolicy.Ruling.Reject(NostrFault fault, String detail) ->
                  done(Published.refused(event.id(), new Refusal(fault, detail)));
              case WritePolicy.Ruling.Pretend ignored -> done(Published.accepted(event.id()));
            });
  }

  private CompletionStage<Published> admitted(
      Event event, Bytes json, Identity author, Sender sender) {
    return quotas
        .admit(event, json.size())
        .thenCompose(room -> {
          if (room.refusal() != null) {
            return orKnown(event, Published.refused(event.id(), room.refusal()));
          }
          return take(event, json, author, sender.hosts())
              .thenApply(published -> {
                if (!published.isNew()) {
                  room.giveBack().run();
                }
                return published;
              });
        });
  }

  private CompletionStage<Published> take(
      Event event, Bytes json, Identity author, Set<String> hosts) {
    recent.keep(event);
    return switch (event.kindClass()) {
      case EPHEMERAL -> show(event, json);
      case REPLACEABLE, ADDRESSABLE ->
          store(event, author, List.of(NostrChanges.write(event, json)));
      case REGULAR ->
          switch (event.kind()) {
            case Kinds.DELETION -> delete(event, json, author);
            case Kinds.VANISH -> vanish(event, json, author, hosts);
            default -> store(event, author, List.of(NostrChanges.write(event, json)));
          };
    };
  }

  /// Publishes an event of the relay's own, whatever its policy says.
  ///
  /// @return whether it is on disk; not while the database is away
  CompletionStage<Boolean> own(Event event) {
    recent.keep(event);
    Identity self = new Identity(new PrincipalId(event.author().hex()), Set.of());
    return store(event, self, List.of(NostrChanges.write(event, Bytes.of(event.jsonBytes()))))
        .thenApply(published -> {
          Refusal no = published.refusal();
          if (no != null && no.fault() != NostrFault.UNAVAILABLE) {
            throw new IllegalStateException("the relay's own event: " + no.reason());
          }
          return no == null;
        });
  }

  private CompletionStage<Published> show(Event event, Bytes json) {
    CompletableFuture<Published> shown = new CompletableFuture<>();
    feed.show(
        new Sight(0, event, json),
        heard ->
            shown.complete(
                heard > 0
                    ? Published.accepted(event.id())
                    : Published.refused(
                        event.id(),
                        new Refusal(
                            NostrFault.UNHEARD, "nobody listens to this ephemeral event now"))));
    return shown;
  }

  private CompletionStage<Published> store(Event event, Identity author, List<Write> writes) {
    Caller caller = NostrChanges.author(event.author(), author);
    return kernel
        .commit(new Commit(caller, writes, false))
        .thenCompose(outcomes -> {
          Published published = said(event, outcomes.getFirst());
          return isOlder(published) ? orKnown(event, published) : done(published);
        });
  }

  private static boolean isOlder(Published published) {
    return published.refusal() != null && published.refusal().fault() == NostrFault.SUPERSEDED;
  }

  /// What is refused and is here all the same is here. An event that came before its author's keys
  /// were linked is not a retry to the kernel, for it has another principal now; to everybody else
  /// it is.
  private CompletionStage<Published> orKnown(Event event, Published refused) {
    return found(List.of(event.id()))
        .thenApply(found -> found.isEmpty() ? refused : Published.known(event.id()));
  }

  private static Published said(Event event, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied ignored -> Published.accepted(event.id());
      case Outcome.Duplicate(Outcome.Applied first) ->
          first.entity() == null
              ? Published.refused(
                  event.id(),
                  new Refusal(
                      NostrFault.SUPERSEDED, "this event was here, and was replaced or deleted"))
              : Published.known(event.id());
      case Outcome.Duplicate(Outcome first) -> said(event, first);
      case Outcome.Conflict ignored ->
          Published.refused(
              event.id(), new Refusal(NostrFault.SUPERSEDED, "there is another event"));
      case Outcome.Refused refused ->
          Published.refused(event.id(), NostrChanges.refusal(refused.fault()));
    };
  }

  // Deletion (NIP-09).

  private CompletionStage<Published> delete(Event request, Bytes json, Identity author) {
    Deletion deletion = Deletion.of(request).orElseThrow();
    List<EventId> ids = List.copyOf(deletion.ids());
    return found(ids)
        .thenCompose(found -> {
          List<Write> own = new ArrayList<>(List.of(NostrChanges.write(request, json)));
          List<Write> sent = new ArrayList<>();
          List<Write> back = new ArrayList<>();
          ids.forEach(
              id -> own.add(NostrChanges.delete(request.id(), own.size(), request.author(), id)));
          for (Event target : found) {
            if (target.author().equals(request.author())) {
              retraction(request.id(), author, target).ifPresent(back::add);
            }
            if (target.author().equals(request.author()) && target.kindClass().keepsNewest()) {
              own.add(NostrChanges.delete(request.id(), own.size(), target));
            } else if (isSentTo(target, request.author())) {
              sent.add(
                  NostrChanges.delete(request.id(), sent.size(), target.author(), target.id()));
            }
          }
          for (Address address : deletion.addresses()) {
            own.add(
                NostrChanges.delete(request.id(), own.size(), address, request.createdAtSeconds()));
          }
          own.addAll(back);
          return store(request, author, own.subList(0, Math.min(own.size(), CHUNK)))
              .thenCompose(published ->
                  published.refusal() == null
                      ? rest(own, CHUNK, NostrChanges.author(request.author(), author))
                          .thenCompose(ignored -> erase(sent))
                          .thenCompose(ignored -> blank(back))
                          .thenApply(ignored -> published)
                      : done(published));
        });
  }

  /// Takes back what an event was besides itself.
  private Optional<Write> retraction(EventId cause, Identity author, Event target) {
    return seeds
        .kinds()
        .read(target)
        .flatMap(entity -> seeds.changes().retraction(cause, author.principal(), target, entity));
  }

  /// Blanks in the log what was taken back, as the event itself is. What its author had no right to
  /// take back stays.
  private CompletionStage<Boolean> blank(List<Write> back) {
    CompletionStage<List<Write>> dead = done(new ArrayList<>());
    for (Write each : back) {
      dead =
          dead.thenCombine(
              kernel.entity(NostrChanges.relay(), each.entity()),
              (all, answer) -> {
                if (answer instanceof Answer.Given<Optional<Entity>>(Optional<Entity> entity)
                    && entity.filter(Entity::deleted).isPresent()) {
                  WriteKey key = new WriteKey(each.key() + "/blank");
                  all.add(Write.delete(key, each.entity()).expecting(0).erasing(Set.of()));
                }
                return all;
              });
    }
    return dead.thenCompose(this::erase);
  }

  /// A gift wrap may be deleted by whom it is for (NIP-59).
  private static boolean isSentTo(Event target, PublicKey key) {
    return target.kind() == Kinds.GIFT_WRAP && target.hasTag("p", key.hex());
  }

  private CompletionStage<List<Event>> found(List<EventId> ids) {
    if (ids.isEmpty()) {
      return done(List.of());
    }
    Filter filter = Filter.ANY.withIds(Set.copyOf(ids));
    return all(filter, ids.size());
  }

  private CompletionStage<Boolean> rest(List<Write> writes, int from, Caller author) {
    if (from >= writes.size()) {
      return done(true);
    }
    List<Write> chunk = writes.subList(from, Math.min(writes.size(), from + CHUNK));
    return kernel
        .commit(new Commit(author, chunk, false))
        .thenCompose(ignored -> rest(writes, from + CHUNK, author));
  }

  /// Deletes as the relay itself, whose right is every scope.
  private CompletionStage<Boolean> erase(List<Write> writes) {
    return erase(writes, 0);
  }

  private CompletionStage<Boolean> erase(List<Write> writes, int from) {
    if (from >= writes.size()) {
      return done(true);
    }
    List<Write> chunk = writes.subList(from, Math.min(writes.size(), from + CHUNK));
    return kernel
        .commit(new Commit(NostrChanges.relay(), chunk, false))
        .thenCompose(ignored -> erase(writes, from + CHUNK));
  }

  // Vanishing (NIP-62).

  /// The request itself goes to disk first, and with it the bar against everything older. When the
  /// erasing breaks off, the client has no OK and asks again.
  private CompletionStage<Published> vanish(
      Event request, Bytes json, Identity author, Set<String> hosts) {
    if (!NostrPolicy.isForUs(request, hosts)) {
      return done(
          Published.refused(
              request.id(),
              new Refusal(NostrFault.MALFORMED, "no relay tag names this relay or ALL_RELAYS")));
    }
    List<Write> writes = List.of(NostrChanges.write(request, json), NostrChanges.vanish(request));
    Filter before = Filter.ANY.between(0, request.createdAtSeconds());
    Filter own = before.withAuthors(Set.of(request.author()));
    Filter sent =
        before.withKinds(Set.of(Kinds.GIFT_WRAP)).withTag('p', Set.of(request.author().hex()));
    return store(request, author, writes)
        .thenCompose(published ->
            published.refusal() != null
                ? done(published)
                : takeBack(request, author)
                    .thenCompose(ignored -> eraseAll(request.id(), own))
                    .thenCompose(ignored -> eraseAll(request.id(), sent))
                    .thenApply(ignored -> published));
  }

  /// Takes back what the author wrote of entities, before the events go that say where.
  private CompletionStage<Boolean> takeBack(Event request, Identity author) {
    PrincipalId name = new PrincipalId(request.author().hex());
    Set<PrincipalId> names = new HashSet<>(Set.of(author.principal()));
    names.add(name);
    Caller caller = new Caller(author.principal(), Authority.GRANTED, NostrGateway.ORIGIN, names);
    Set<ScopeName> scopes = new TreeSet<>();
    names.forEach(each -> scopes.add(SeedChanges.own(each)));
    Vanishing vanishing = new Vanishing(kernel, request.id(), names, request.createdAtSeconds());
    return granted(caller, null, scopes)
        .thenCompose(ignored -> spokenOf(request.author(), scopes))
        .thenCompose(ignored -> vanishing.from(scopes));
  }

  /// The chats in which somebody has a right.
  private CompletionStage<Boolean> granted(
      Caller caller, @Nullable ScopeName after, Set<ScopeName> into) {
    return seeds
        .memberships()
        .scopesOf(caller, after, CHUNK)
        .thenCompose(page -> {
          page.stream()
              .map(granted -> granted.scope())
              .filter(Publisher::isChat)
              .forEach(into::add);
          return page.size() < CHUNK ? done(true) : granted(caller, page.getLast().scope(), into);
        });
  }

  /// The chats that somebody's events are about, or the bridge's that show what they wrote.
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
    return StoredEvents.whole(
            finder, filters, Long.MAX_VALUE, ignored -> true, Sieve.OPEN, Integer.MAX_VALUE)
        .each(event ->
            seeds
                .kinds()
                .scope(event)
                .flatMap(ScopeName::parse)
                .filter(Publisher::isChat)
                .ifPresent(into::add));
  }

  private static boolean isChat(ScopeName scope) {
    return scope.kind().equals("chat");
  }

  private CompletionStage<Boolean> eraseAll(EventId cause, Filter filter) {
    return all(filter, CHUNK)
        .thenCompose(found -> {
          List<Write> writes = new ArrayList<>();
          for (Event event : found) {
            if (event.kind() != Kinds.VANISH) {
              writes.addAll(deletion(cause, event));
            }
          }
          return writes.isEmpty()
              ? done(true)
              : erase(writes).thenCompose(ignored -> eraseAll(cause, filter));
        });
  }

  /// Deletes an event wherever it stands: the bridge's have places of their own.
  private static List<Write> deletion(EventId cause, Event event) {
    Write numbered = NostrChanges.delete(cause, 0, event);
    String key = cause.hex() + "/gone/" + event.id().hex();
    List<Write> all = new ArrayList<>();
    all.add(Write.delete(new WriteKey(key), numbered.entity()).at(numbered.hlc()));
    Places.of(event)
        .ifPresent(
            place -> all.add(Write.delete(new WriteKey(key + "/shown"), place).at(numbered.hlc())));
    return all;
  }

  // Expiry (NIP-40).

  /// Erases what has expired.
  CompletionStage<Boolean> expire() {
    return finder
        .expired(nowSeconds(), EXPIRED)
        .thenCompose(found -> {
          List<Write> writes = new ArrayList<>();
          for (Found one : found) {
            Sight.of(one)
                .ifPresent(sight -> writes.addAll(deletion(sight.event().id(), sight.event())));
          }
          return writes.isEmpty() ? done(true) : erase(writes).thenCompose(ignored -> expire());
        });
  }

  /// Erases events for good.
  CompletionStage<Boolean> eraseEvents(List<Event> events) {
    return erase(events.stream().flatMap(event -> deletion(event.id(), event).stream()).toList());
  }

  /// Erases everything that a filter means, but for requests to vanish.
  CompletionStage<Boolean> eraseEvery(Filter filter) {
    return all(filter, CHUNK)
        .thenCompose(found -> {
          List<Event> going = found.stream().filter(event -> event.kind() != Kinds.VANISH).toList();
          return going.isEmpty()
              ? done(true)
              : eraseEvents(going).thenCompose(ignored -> eraseEvery(filter));
        });
  }

  /// The events of a filter, so many at most.
  CompletionStage<List<Event>> all(Filter filter, int most) {
    return StoredEvents.whole(
            finder, List.of(filter), Long.MAX_VALUE, ignored -> true, Sieve.OPEN, most)
        .gather();
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

  private static <T extends @Nullable Object> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
