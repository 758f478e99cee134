package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.BridgeEvents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Who may see an event that is, or shows, an entity of a scope: whoever may read the scope, by the
/// same grants as everywhere (K8), and its author. All other events are everybody's.
///
/// Grants are asked after the event was committed, each time anew: after a revocation nothing more
/// reaches the revoked.
final class EventRights {

  private static final Set<Caller> ANYONE =
      Set.of(new Caller(Authorizer.ANYONE, Authority.GRANTED, NostrGateway.ORIGIN));

  private final Kernel kernel;
  private final SeedKinds kinds;

  EventRights(Kernel kernel, SeedKinds kinds) {
    this.kernel = kernel;
    this.kinds = kinds;
  }

  /// The scope whose readers may see an event; nothing when everybody may.
  private Optional<ScopeName> scope(Event event) {
    return kinds.scope(event).flatMap(ScopeName::parse);
  }

  /// What one viewer may see.
  Sieve sieve(Viewer viewer) {
    return sights -> sifted(sights, viewer);
  }

  private CompletionStage<List<Sight>> sifted(List<Sight> sights, Viewer viewer) {
    Map<Asked, CompletableFuture<Boolean>> asked = new LinkedHashMap<>();
    Map<Long, CompletableFuture<Boolean>> bound = new HashMap<>();
    for (Sight sight : sights) {
      Event event = sight.event();
      Optional<ScopeName> scope = scope(event);
      if (scope.isPresent() && !viewer.keys().contains(event.author())) {
        Asked name = new Asked(scope.get(), isPublished(event));
        bound.put(
            sight.id(),
            asked.computeIfAbsent(
                name, ignored -> mayRead(scope.get(), event, viewer).toCompletableFuture()));
      }
    }
    return asked.isEmpty()
        ? CompletableFuture.completedFuture(sights)
        : CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
            .thenApply(ignored ->
                sights.stream()
                    .filter(sight ->
                        !bound.containsKey(sight.id())
                            || Objects.requireNonNull(bound.get(sight.id())).join())
                    .toList());
  }

  private record Asked(ScopeName scope, boolean isPublished) {}

  /// Those of many wishes that are granted, in their order; waits for the answers.
  ///
  /// @throws StoreFailure when they cannot be had
  <T> List<T> granted(List<T> wishes, Function<T, LiveSubscription> by, Function<T, Sight> what) {
    List<T> granted = new ArrayList<>(wishes.size());
    Map<Wanted, Boolean> known = new HashMap<>();
    Map<Event, Optional<ScopeName>> scopes = new IdentityHashMap<>();
    for (T wish : wishes) {
      Event event = what.apply(wish).event();
      ScopeName scope = scopes.computeIfAbsent(event, this::scope).orElse(null);
      if (scope == null || isGranted(scope, event, by.apply(wish).viewer(), known)) {
        granted.add(wish);
      }
    }
    return granted;
  }

  private boolean isGranted(
      ScopeName scope, Event event, Viewer viewer, Map<Wanted, Boolean> known) {
    Wanted wanted = new Wanted(scope, isPublished(event), viewer.identities());
    return viewer.keys().contains(event.author())
        || known.computeIfAbsent(wanted, ignored -> isGranted(scope, event, viewer));
  }

  private record Wanted(
      ScopeName scope, boolean isPublished, Set<Identities.Identity> identities) {}

  private boolean isGranted(ScopeName scope, Event event, Viewer viewer) {
    try {
      return mayRead(scope, event, viewer).toCompletableFuture().join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof StoreFailure away) {
        throw away;
      }
      throw failure;
    }
  }

  private CompletionStage<Boolean> mayRead(ScopeName scope, Event event, Viewer viewer) {
    if (scope.kind().equals("user")
        && viewer.identities().stream().anyMatch(identity -> identity.isCalled(scope.id()))) {
      return CompletableFuture.completedFuture(true);
    }
    CompletionStage<Boolean> granted = isReader(scope, viewer);
    return isPublished(event)
        ? granted.thenCompose(
            yes -> yes ? CompletableFuture.completedFuture(true) : isElsewhere(scope))
        : granted;
  }

  /// Whether an event is somebody's message to a group that may be none of ours (NIP-29).
  private static boolean isPublished(Event event) {
    return event.kind() == Kinds.CHAT_MESSAGE && BridgeEvents.scope(event).isEmpty();
  }

  /// Whether there is nothing in a scope here: what is published for it is none of our matters.
  private CompletionStage<Boolean> isElsewhere(ScopeName scope) {
    return kernel
        .head(NostrChanges.relay(), scope)
        .thenApply(
            answer -> answer instanceof Answer.Given<ScopeHead>(ScopeHead head) && head.seq() == 0);
  }

  private CompletionStage<Boolean> isReader(ScopeName scope, Viewer viewer) {
    List<Caller> callers =
        viewer.identities().isEmpty()
            ? List.copyOf(ANYONE)
            : viewer.identities().stream().map(Identities.Identity::reader).toList();
    CompletionStage<Boolean> reads = CompletableFuture.completedFuture(false);
    for (Caller caller : callers) {
      reads =
          reads.thenCombine(
              kernel.rightIn(caller, scope), (before, right) -> before || right.covers(Right.READ));
    }
    return reads;
  }
}
