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
import dev.anabranch.nostr.seed.EventScopes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  EventRights(Kernel kernel) {
    this.kernel = kernel;
  }

  /// A scope whose readers alone may see an event.
  ///
  /// @param isCertain whether it is ours in any case
  private record Bound(ScopeName scope, boolean isCertain) {}

  /// The scopes that an event is bound to; none when it is everybody's.
  private static List<Bound> bounds(Event event) {
    return EventScopes.of(event).stream()
        .flatMap(bound ->
            ScopeName.parse(bound.scope()).stream()
                .map(scope -> new Bound(scope, bound.isCertain())))
        .toList();
  }

  /// What one viewer may see.
  Sieve sieve(Viewer viewer) {
    return sights -> sifted(sights, viewer);
  }

  private CompletionStage<List<Sight>> sifted(List<Sight> sights, Viewer viewer) {
    Map<Bound, CompletableFuture<Boolean>> asked = new LinkedHashMap<>();
    Map<Long, List<CompletableFuture<Boolean>>> answers = new HashMap<>();
    for (Sight sight : sights) {
      if (!viewer.keys().contains(sight.event().author())) {
        for (Bound bound : bounds(sight.event())) {
          CompletableFuture<Boolean> answer =
              asked.computeIfAbsent(bound, ignored -> mayRead(bound, viewer).toCompletableFuture());
          answers.computeIfAbsent(sight.id(), ignored -> new ArrayList<>()).add(answer);
        }
      }
    }
    return asked.isEmpty()
        ? CompletableFuture.completedFuture(sights)
        : CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
            .thenApply(ignored ->
                sights.stream()
                    .filter(sight ->
                        answers.getOrDefault(sight.id(), List.of()).stream()
                            .allMatch(CompletableFuture::join))
                    .toList());
  }

  /// Those of many wishes that are granted, in their order; waits for the answers.
  ///
  /// @throws StoreFailure when they cannot be had
  <T> List<T> granted(List<T> wishes, Function<T, LiveSubscription> by, Function<T, Sight> what) {
    List<T> granted = new ArrayList<>(wishes.size());
    Map<Wanted, Boolean> known = new HashMap<>();
    Map<Event, List<Bound>> bounds = new IdentityHashMap<>();
    for (T wish : wishes) {
      Event event = what.apply(wish).event();
      Viewer viewer = by.apply(wish).viewer();
      if (viewer.keys().contains(event.author())
          || bounds.computeIfAbsent(event, EventRights::bounds).stream()
              .allMatch(bound -> isGranted(bound, viewer, known))) {
        granted.add(wish);
      }
    }
    return granted;
  }

  private boolean isGranted(Bound bound, Viewer viewer, Map<Wanted, Boolean> known) {
    return known.computeIfAbsent(
        new Wanted(bound, viewer.identities()), ignored -> isGranted(bound, viewer));
  }

  private record Wanted(Bound bound, Set<Identities.Identity> identities) {}

  private boolean isGranted(Bound bound, Viewer viewer) {
    try {
      return mayRead(bound, viewer).toCompletableFuture().join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof StoreFailure away) {
        throw away;
      }
      throw failure;
    }
  }

  private CompletionStage<Boolean> mayRead(Bound bound, Viewer viewer) {
    ScopeName scope = bound.scope();
    if (scope.kind().equals("user")
        && viewer.identities().stream().anyMatch(identity -> identity.isCalled(scope.id()))) {
      return CompletableFuture.completedFuture(true);
    }
    CompletionStage<Boolean> granted = isReader(scope, viewer);
    return bound.isCertain()
        ? granted
        : granted.thenCompose(
            yes -> yes ? CompletableFuture.completedFuture(true) : isElsewhere(scope));
  }

  /// Whether there is nothing in a scope here: what is published for it is none of our matters,
  /// such as a message to another relay's group (NIP-29).
  private CompletionStage<Boolean> isElsewhere(ScopeName scope) {
    return kernel
        .head(NostrChanges.relay(), scope)
        .thenApply(
            answer -> answer instanceof Answer.Given<ScopeHead>(ScopeHead head) && head.seq() == 0);
  }

  /// Why an event may not be told to a chat that is here: its author may not write there, and the
  /// chat's readers would find it all the same. Asked just before the commit; what an event is
  /// besides itself asks once more inside it. Whoever takes back what they said needs no right.
  CompletionStage<Optional<Refusal>> intrudes(Event event, Caller author) {
    CompletionStage<Optional<Refusal>> refusal =
        CompletableFuture.completedFuture(Optional.empty());
    if (event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH) {
      return refusal;
    }
    for (Bound bound : bounds(event)) {
      if (bound.scope().kind().equals("chat")) {
        refusal =
            refusal.thenCombine(
                mayWrite(author, bound.scope()), (before, may) -> may ? before : no(bound));
      }
    }
    return refusal;
  }

  private CompletionStage<Boolean> mayWrite(Caller author, ScopeName scope) {
    return isElsewhere(scope)
        .thenCompose(elsewhere ->
            elsewhere
                ? CompletableFuture.completedFuture(true)
                : kernel.rightIn(author, scope).thenApply(right -> right.covers(Right.WRITE)));
  }

  private static Optional<Refusal> no(Bound bound) {
    return Optional.of(
        new Refusal(
            NostrFault.RESTRICTED, "it takes the right to write in " + bound.scope() + " here"));
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
