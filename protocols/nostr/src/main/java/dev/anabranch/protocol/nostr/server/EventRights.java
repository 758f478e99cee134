package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.EventScopes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
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
/// reaches the revoked. Nothing is remembered but within one batch.
final class EventRights {

  private static final CompletableFuture<Boolean> YES = CompletableFuture.completedFuture(true);
  private static final List<Caller> ANYONE =
      List.of(new Caller(Authorizer.ANYONE, Authority.GRANTED, NostrGateway.ORIGIN));

  private final Kernel kernel;
  private final ReadRights each;

  EventRights(Kernel kernel) {
    this.kernel = kernel;
    this.each = ReadRights.of(kernel);
  }

  /// A scope whose readers alone may see an event.
  ///
  /// @param isCertain whether it is ours in any case
  private record Bound(ScopeName scope, boolean isCertain) {}

  /// The scopes that an event is bound to; none when it is everybody's. What names more chats than
  /// an event may is bound to what is its author's alone: a deletion, and what came when there was
  /// no such bound.
  private static List<Bound> bounds(Event event) {
    List<EventScopes.Bound> bounds = EventScopes.of(event);
    if (bounds.size() > Routing.CHATS_MAX && Routing.namesTooMany(event)) {
      return List.of(new Bound(NostrChanges.confidential(event.author()), true));
    }
    return bounds.stream()
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
    Questions questions = new Questions(each);
    List<List<CompletableFuture<Boolean>>> answers = new ArrayList<>(sights.size());
    for (Sight sight : sights) {
      answers.add(questions.ask(sight.event(), viewer));
    }
    return questions
        .allAnswered()
        .thenApply(ignored -> {
          List<Sight> seen = new ArrayList<>(sights.size());
          for (int index = 0; index < sights.size(); index++) {
            if (answers.get(index).stream().allMatch(CompletableFuture::join)) {
              seen.add(sights.get(index));
            }
          }
          return seen;
        });
  }

  /// Those of many wishes that are granted, in their order; waits for the answers. However many
  /// wish for the events of a scope, its grants are read once.
  ///
  /// @throws StoreFailure when they cannot be had
  <T> List<T> granted(List<T> wishes, Function<T, LiveSubscription> by, Function<T, Sight> what) {
    Questions questions = new Questions(new BatchRights(kernel, each));
    List<List<CompletableFuture<Boolean>>> answers = new ArrayList<>(wishes.size());
    for (T wish : wishes) {
      Event event = what.apply(wish).event();
      answers.add(
          questions.isBound(event) ? questions.ask(event, by.apply(wish).viewer()) : List.of());
    }
    if (questions.asked.isEmpty()) {
      return wishes;
    }
    List<T> granted = new ArrayList<>(wishes.size());
    for (int index = 0; index < wishes.size(); index++) {
      if (answers.get(index).stream().allMatch(EventRights::answer)) {
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

  /// What a batch asks of the grants, each thing once.
  private static final class Questions {
    private final ReadRights rights;
    private final Map<Event, List<Bound>> bounds = new IdentityHashMap<>();
    private final Map<Question, CompletableFuture<Boolean>> asked = new HashMap<>();

    private record Question(Bound bound, Set<Identities.Identity> identities) {}

    Questions(ReadRights rights) {
      this.rights = rights;
    }

    /// Whether an event is not everybody's.
    boolean isBound(Event event) {
      return !bounds.computeIfAbsent(event, EventRights::bounds).isEmpty();
    }

    /// What must all be true for somebody to see an event.
    List<CompletableFuture<Boolean>> ask(Event event, Viewer viewer) {
      if (viewer.keys().contains(event.author())) {
        return List.of();
      }
      return bounds.computeIfAbsent(event, EventRights::bounds).stream()
          .map(bound ->
              asked.computeIfAbsent(
                  new Question(bound, viewer.identities()),
                  question -> mayRead(question, rights).toCompletableFuture()))
          .toList();
    }

    CompletableFuture<Void> allAnswered() {
      return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
    }

    private static CompletionStage<Boolean> mayRead(Question question, ReadRights rights) {
      ScopeName scope = question.bound().scope();
      if (scope.kind().equals("user")
          && question.identities().stream().anyMatch(identity -> identity.isCalled(scope.id()))) {
        return YES;
      }
      List<Caller> callers =
          question.identities().isEmpty()
              ? ANYONE
              : question.identities().stream().map(Identities.Identity::reader).toList();
      CompletionStage<Boolean> granted = rights.isReader(scope, callers);
      // What is published for a scope that is not here is none of our matters, such as a message to
      // another relay's group (NIP-29).
      return question.bound().isCertain()
          ? granted
          : granted.thenCompose(yes -> yes ? YES : rights.isEmpty(scope));
    }
  }

  /// Why an event may not be told to a chat that is here: its author may not write there, and the
  /// chat's readers would find it all the same. Asked just before the commit of each chat that it
  /// names; inside it the right is asked once more where the event stands, and for what it is
  /// besides itself. Whoever takes back what they said, and says no more, needs no right.
  CompletionStage<Optional<Refusal>> intrudes(Event event, Caller author) {
    CompletionStage<Optional<Refusal>> refusal =
        CompletableFuture.completedFuture(Optional.empty());
    boolean takesBack = event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH;
    if (takesBack && event.content().isEmpty()) {
      return refusal;
    }
    for (Bound bound : bounds(event)) {
      if (bound.scope().kind().equals("chat")) {
        refusal =
            refusal.thenCombine(
                intrusion(author, bound.scope()), (before, now) -> before.or(() -> now));
      }
    }
    return refusal;
  }

  private CompletionStage<Optional<Refusal>> intrusion(Caller author, ScopeName scope) {
    return each.isEmpty(scope)
        .thenCompose(elsewhere -> {
          if (elsewhere) {
            return CompletableFuture.completedFuture(Optional.empty());
          }
          return kernel
              .rightIn(author, scope)
              .thenApply(
                  right -> right.covers(Right.WRITE) ? Optional.empty() : Optional.of(no(scope)));
        });
  }

  /// The scope whose followers may hear what an ephemeral event says: the chat that its `h` tags
  /// name and that is here, or else its author's. Empty where it is for the readers of several
  /// scopes, since the followers of one need not be readers of the others, or of another scope.
  CompletionStage<Optional<ScopeName>> audience(Event event) {
    CompletionStage<List<ScopeName>> here = CompletableFuture.completedFuture(List.of());
    for (Bound bound : bounds(event)) {
      CompletionStage<Boolean> isHere =
          bound.isCertain() ? YES : each.isEmpty(bound.scope()).thenApply(empty -> !empty);
      here = here.thenCombine(isHere, (before, yes) -> yes ? with(before, bound.scope()) : before);
    }
    ScopeName home = NostrChanges.scope(event.author());
    return here.thenApply(scopes ->
        scopes.isEmpty()
            ? Optional.of(home)
            : Optional.of(scopes.getFirst())
                .filter(scope -> scopes.size() == 1)
                .filter(scope -> scope.equals(home) || Routing.places(event).contains(scope)));
  }

  private static List<ScopeName> with(List<ScopeName> before, ScopeName scope) {
    List<ScopeName> scopes = new ArrayList<>(before);
    scopes.add(scope);
    return scopes;
  }

  private static Refusal no(ScopeName scope) {
    return new Refusal(NostrFault.RESTRICTED, "it takes the right to write in " + scope + " here");
  }
}
