package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.ScopeName;
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
/// reaches the revoked. Nothing is remembered but within one batch.
final class EventRights {

  private static final CompletableFuture<Boolean> YES = CompletableFuture.completedFuture(true);
  private static final List<Caller> ANYONE =
      List.of(new Caller(Authorizer.ANYONE, Authority.GRANTED, NostrGateway.ORIGIN));

  private final Kernel kernel;
  private final SeedKinds kinds;
  private final ReadRights each;

  EventRights(Kernel kernel, SeedKinds kinds) {
    this.kernel = kernel;
    this.kinds = kinds;
    this.each = ReadRights.of(kernel);
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
    Map<Sight, CompletableFuture<Boolean>> bound = new IdentityHashMap<>();
    for (Sight sight : sights) {
      Event event = sight.event();
      Optional<ScopeName> scope = scope(event);
      if (scope.isPresent() && !viewer.keys().contains(event.author())) {
        Asked name = new Asked(scope.get(), isPublished(event), viewer.identities());
        bound.put(
            sight,
            asked.computeIfAbsent(name, ignored -> mayRead(name, each).toCompletableFuture()));
      }
    }
    return asked.isEmpty()
        ? CompletableFuture.completedFuture(sights)
        : CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
            .thenApply(ignored ->
                sights.stream()
                    .filter(sight ->
                        !bound.containsKey(sight)
                            || Objects.requireNonNull(bound.get(sight)).join())
                    .toList());
  }

  /// What is asked of the grants.
  ///
  /// @param isPublished whether the scope may be none of ours
  private record Asked(ScopeName scope, boolean isPublished, Set<Identities.Identity> identities) {}

  /// Those of many wishes that are granted, in their order; waits for the answers. However many
  /// wish for the events of a scope, its grants are read once.
  ///
  /// @throws StoreFailure when they cannot be had
  <T> List<T> granted(List<T> wishes, Function<T, LiveSubscription> by, Function<T, Sight> what) {
    ReadRights rights = new BatchRights(kernel, each);
    Map<Event, Optional<ScopeName>> scopes = new IdentityHashMap<>();
    Map<Asked, CompletableFuture<Boolean>> asked = new HashMap<>();
    List<CompletableFuture<Boolean>> answers = new ArrayList<>(wishes.size());
    for (T wish : wishes) {
      Event event = what.apply(wish).event();
      Viewer viewer = by.apply(wish).viewer();
      ScopeName scope = scopes.computeIfAbsent(event, this::scope).orElse(null);
      answers.add(
          scope == null || viewer.keys().contains(event.author())
              ? YES
              : asked.computeIfAbsent(
                  new Asked(scope, isPublished(event), viewer.identities()),
                  name -> mayRead(name, rights).toCompletableFuture()));
    }
    List<T> granted = new ArrayList<>(wishes.size());
    for (int index = 0; index < wishes.size(); index++) {
      if (answer(answers.get(index))) {
        granted.add(wishes.get(index));
      }
    }
    return granted;
  }

  private static boolean answer(CompletableFuture<Boolean> asked) {
    try {
      return asked.join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof StoreFailure away) {
        throw away;
      }
      throw failure;
    }
  }

  private static CompletionStage<Boolean> mayRead(Asked asked, ReadRights rights) {
    ScopeName scope = asked.scope();
    if (scope.kind().equals("user")
        && asked.identities().stream().anyMatch(identity -> identity.isCalled(scope.id()))) {
      return YES;
    }
    List<Caller> callers =
        asked.identities().isEmpty()
            ? ANYONE
            : asked.identities().stream().map(Identities.Identity::reader).toList();
    CompletionStage<Boolean> granted = rights.isReader(scope, callers);
    return asked.isPublished()
        ? granted.thenCompose(yes -> yes ? YES : rights.isEmpty(scope))
        : granted;
  }

  /// Whether an event is somebody's message to a group that may be none of ours (NIP-29).
  private static boolean isPublished(Event event) {
    return event.kind() == Kinds.CHAT_MESSAGE && BridgeEvents.scope(event).isEmpty();
  }
}
