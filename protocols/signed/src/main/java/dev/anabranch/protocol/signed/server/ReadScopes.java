package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Membership;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/// Which scopes of this protocol somebody may read by a grant: their own first, whatever comes
/// behind; then chats by name.
///
/// However many grants there are, few are looked at: those in scopes of their own are asked for by
/// name, and chats stand together in the order of names, so that grants in scopes of other classes
/// take up no room.
final class ReadScopes {

  /// No other chat's name comes before it.
  private static final ScopeName FIRST_CHAT = new ScopeName(SignedPolicy.CHATS + " ");

  private final Kernel kernel;
  private final Memberships memberships;

  ReadScopes(Kernel kernel, Memberships memberships) {
    this.kernel = kernel;
    this.memberships = memberships;
  }

  /// The first of them, at most so many.
  CompletionStage<List<Membership>> of(Caller caller, int countMax) {
    return named(caller)
        .thenCombine(
            memberships.scopesOf(caller, FIRST_CHAT, countMax),
            (named, behind) ->
                Stream.concat(
                        named.values().stream(),
                        behind.stream().takeWhile(each -> isChat(each.scope())))
                    .limit(countMax)
                    .toList());
  }

  static boolean isChat(ScopeName scope) {
    return scope.text().startsWith(SignedPolicy.CHATS);
  }

  private CompletionStage<Map<ScopeName, Membership>> named(Caller caller) {
    CompletionStage<Map<ScopeName, Membership>> all =
        CompletableFuture.completedFuture(new LinkedHashMap<>());
    for (EntityKey grant : grants(caller)) {
      all =
          all.thenCombine(
              kernel.entity(caller, grant),
              (found, answer) -> {
                granted(answer)
                    .ifPresent(each -> found.merge(each.scope(), each, ReadScopes::both));
                return found;
              });
    }
    return all;
  }

  private static List<EntityKey> grants(Caller caller) {
    List<ScopeName> scopes = new ArrayList<>();
    caller.names().forEach(name -> SignedChanges.userScope(name).ifPresent(scopes::add));
    scopes.add(FIRST_CHAT);
    List<EntityKey> grants = new ArrayList<>();
    for (ScopeName scope : scopes) {
      caller.names().forEach(name -> grants.add(EntityKey.grant(scope, name)));
    }
    return grants;
  }

  private static Optional<Membership> granted(Answer<Optional<Entity>> answer) {
    return answer instanceof Answer.Given<Optional<Entity>>(Optional<Entity> found)
        ? found
            .filter(grant -> Authorizer.granted(grant) != Right.NONE)
            .map(
                grant -> new Membership(grant.key().scope(), Authorizer.granted(grant), grant.id()))
        : Optional.empty();
  }

  private static Membership both(Membership one, Membership other) {
    return one.id() > other.id() ? one : other;
  }
}
