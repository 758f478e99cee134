package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The way of a verified event into the log, whichever door it came through.
final class Publisher {

  private final Kernel kernel;
  private final Routing routing;
  private final Erasure erasure;
  private final LiveFeed feed;
  private final EventRights rights;
  private final EphemeralEvents ephemeral;
  private final RecentEvents recent;
  private final NostrPolicy policy;
  private final NostrSeams seams;
  private final WritePolicy writePolicy;
  private final AuthorQuotas quotas;
  private final Optional<Membership> membership;
  private final Seeds seeds;
  private final Revocations revocations;

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
      EventRights rights,
      RecentEvents recent,
      NostrPolicy policy,
      NostrSeams seams,
      NostrGuards guards,
      Seeds seeds) {
    this.seeds = seeds;
    this.revocations = new Revocations(kernel, seeds.identities());
    this.kernel = kernel;
    this.routing = new Routing(kernel);
    this.erasure = new Erasure(kernel, finder, seams, seeds, this::store);
    this.feed = feed;
    this.rights = rights;
    this.ephemeral = new EphemeralEvents(kernel, rights);
    this.recent = recent;
    this.policy = policy;
    this.seams = seams;
    this.writePolicy = guards.writePolicy();
    this.membership = guards.membership();
    this.quotas = new AuthorQuotas(finder, guards.quota(), seams, policy.limits().trackedMax());
  }

  /// What takes events back, and what they were.
  Erasure erasure() {
    return erasure;
  }

  private long nowSeconds() {
    return seams.clock().millis() / 1000;
  }

  /// Publishes an event; the stage completes once it is on disk, and never with a failure other
  /// than a bug: while the database is away it is refused.
  ///
  /// @param json as it came
  CompletionStage<Published> publish(Event event, Bytes json, Sender sender) {
    return taken(event, json, sender)
        .exceptionally(
            failure -> Published.refused(event.id(), NostrChanges.refusal(away(failure))));
  }

  private static Fault away(Throwable failure) {
    if (NostrLink.causeOf(failure) instanceof BrokenOff broken) {
      return broken.fault();
    }
    if (NostrLink.causeOf(failure) instanceof StoreFailure) {
      return new Fault(FaultCode.UNAVAILABLE, "the relay's database is away; publish again");
    }
    throw new CompletionException(NostrLink.causeOf(failure));
  }

  private CompletionStage<Published> taken(Event event, Bytes json, Sender sender) {
    if (membership.isPresent() && Membership.isRequest(event)) {
      return membership.get().answer(event, sender);
    }
    Optional<Refusal> refusal =
        policy
            .refuses(event, sender.keys(), nowSeconds())
            .or(() -> SeedChanges.unfit(seeds.kinds().read(event)));
    boolean vanishes =
        event.kind() == Kinds.VANISH
            && NostrPolicy.isForUs(event, sender.hosts())
            && policy.refusesToVanish(event, sender.keys(), nowSeconds()).isEmpty();
    return vanishes
        ? erasure
            .concerns(event)
            .thenCompose(something ->
                something
                    ? identified(event, author -> admitted(event, json, author, sender))
                    : unlessRefused(event, json, sender, refusal))
        : unlessRefused(event, json, sender, refusal);
  }

  private CompletionStage<Published> unlessRefused(
      Event event, Bytes json, Sender sender, Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      return done(Published.refused(event.id(), refusal.get()));
    }
    return event.author().equals(seeds.bridge())
        ? returned(event)
        : identified(event, author -> judged(event, json, author, sender));
  }

  private CompletionStage<Published> identified(
      Event event, Function<Identity, CompletionStage<Published>> next) {
    return seeds
        .identities()
        .of(event.author())
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<Identity>(Identity author) -> next.apply(author);
              case Answer.Refused<Identity>(Fault fault) ->
                  done(Published.refused(event.id(), NostrChanges.refusal(fault)));
            });
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
    return rights
        .intrudes(event, NostrChanges.author(event.author(), author))
        .thenCompose(refusal ->
            refusal.isPresent()
                ? orKnown(event, Published.refused(event.id(), refusal.get()))
                : withinQuota(event, json, author, sender));
  }

  private CompletionStage<Published> withinQuota(
      Event event, Bytes json, Identity author, Sender sender) {
    return quotas
        .admit(event, author, json.size())
        .thenCompose(room -> {
          if (room.refusal() != null) {
            return orKnown(event, Published.refused(event.id(), room.refusal()));
          }
          return take(event, json, author, sender.hosts())
              .whenComplete((published, failure) ->
                  room.answered().accept(failure == null && published.isNew()));
        });
  }

  private CompletionStage<Published> take(
      Event event, Bytes json, Identity author, Set<String> hosts) {
    recent.keep(event);
    return switch (event.kindClass()) {
      case EPHEMERAL -> show(event, json, author);
      case REPLACEABLE -> store(event, author, List.of(NostrChanges.write(event, json)));
      case ADDRESSABLE -> replace(event, json, author);
      case REGULAR ->
          switch (event.kind()) {
            case Kinds.DELETION -> erasure.delete(event, json, author);
            case Kinds.VANISH -> erasure.vanish(event, json, author, hosts);
            default -> route(event, json, author);
          };
    };
  }

  /// Stores an event in its chat's scope, or in its author's.
  private CompletionStage<Published> route(Event event, Bytes json, Identity author) {
    Caller member = NostrChanges.member(event.author(), author);
    Caller alone = NostrChanges.author(event.author(), author);
    return routing
        .of(event, seeds.kinds().entity(event))
        .thenCompose(scope ->
            store(
                event,
                scope.kind().equals("chat") ? member : alone,
                List.of(NostrChanges.write(event, json, scope)),
                false));
  }

  /// Stores an event at its address, and with a chat's what it takes back under other names.
  private CompletionStage<Published> replace(Event event, Bytes json, Identity author) {
    Write write = NostrChanges.write(event, json);
    if (!(seeds.kinds().entity(event).orElse(null) instanceof Chat chat)) {
      return store(event, author, List.of(write));
    }
    return found(List.of(event.id()))
        .thenCompose(found ->
            found.isEmpty()
                ? revocations.of(event, chat, NostrChanges.author(event.author(), author))
                : done(List.<Write>of()))
        .<Answer<List<Write>>>handle((more, failure) ->
            failure == null ? new Answer.Given<>(more) : new Answer.Refused<>(away(failure)))
        .thenCompose(answer ->
            switch (answer) {
              case Answer.Given<List<Write>>(List<Write> more) -> {
                List<Write> writes = new ArrayList<>(List.of(write));
                writes.addAll(more);
                yield store(event, NostrChanges.author(event.author(), author), writes, true);
              }
              case Answer.Refused<List<Write>>(Fault fault) ->
                  done(Published.refused(event.id(), NostrChanges.refusal(fault)));
            });
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

  /// Shows an event that is not kept, on Nostr and then in its scope. Where the feed has no room
  /// for it, or cannot ask who may see it, nobody hears it.
  private CompletionStage<Published> show(Event event, Bytes json, Identity author) {
    return feed.show(new Sight(0, event, json))
        .thenCompose(heard -> {
          CompletionStage<Boolean> followed = ephemeral.tell(event, author.principal());
          return heard == 0
              ? followed
              : followed.thenApply(ignored -> true).exceptionally(Publisher::isHeardAllTheSame);
        })
        .thenApply(isHeard ->
            isHeard
                ? Published.accepted(event.id())
                : Published.refused(
                    event.id(),
                    new Refusal(NostrFault.UNHEARD, "nobody listens to this ephemeral event now")));
  }

  /// That nobody could be told in a scope takes back no OK; a bug does.
  private static boolean isHeardAllTheSame(Throwable failure) {
    Fault unused = away(failure);
    return true;
  }

  private CompletionStage<Published> store(Event event, Identity author, List<Write> writes) {
    return store(event, NostrChanges.author(event.author(), author), writes, false);
  }

  private CompletionStage<Published> store(
      Event event, Caller caller, List<Write> writes, boolean atomic) {
    return kernel
        .commit(new Commit(caller, writes, atomic))
        .thenCompose(outcomes -> {
          Published published = said(event, atomic ? reason(outcomes) : outcomes.getFirst());
          return isOlder(published) ? orKnown(event, published) : done(published);
        });
  }

  /// The outcome of all: the first one's, or of the write that nothing was applied for.
  private static Outcome reason(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(outcome ->
            !(outcome instanceof Outcome.Refused(Fault fault)
                && fault.code() == FaultCode.BATCH_ABORTED))
        .findFirst()
        .orElseThrow();
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

  private CompletionStage<List<Event>> found(List<EventId> ids) {
    return erasure.found(ids);
  }

  private static <T extends @Nullable Object> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
