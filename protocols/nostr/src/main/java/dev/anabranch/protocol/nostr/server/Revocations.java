package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.nostr.seed.SeedEntity.Role;
import dev.anabranch.nostr.seed.SeedEntity.Share;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// What a chat's event takes back besides the grants of the keys that it names: a right is the most
/// of what the names of a principal hold, so that whoever is revoked under one key is revoked under
/// all of them, whichever way the chat was shared. A key that was itself revoked names whoever it
/// was last of.
///
/// Whose keys are is not the log's to say; it is asked before the commit, and the grants are
/// written with the event or not at all. An event that is no news takes nothing back (K2).
final class Revocations {

  private static final Fault TOO_MANY =
      new Fault(FaultCode.TOO_LARGE, "these keys have too many names; revoke fewer at once");

  private final Kernel kernel;
  private final Identities identities;

  Revocations(Kernel kernel, Identities identities) {
    this.kernel = kernel;
    this.identities = identities;
  }

  /// The writes that belong to a chat's event that is not here.
  ///
  /// @param author who writes it
  CompletionStage<List<Write>> of(Event event, Chat chat, Caller author) {
    List<PublicKey> revoked =
        chat.shares().stream()
            .filter(share -> share.role() == Role.REVOKED)
            .map(Share::key)
            .toList();
    return revoked.isEmpty()
        ? done(List.of())
        : isNews(event)
            .thenCompose(news -> news ? names(revoked, author) : done(Set.of()))
            .thenCompose(names -> held(event, chat, names));
  }

  /// Whether an event may be newer than what stands at its address; the commit decides.
  private CompletionStage<Boolean> isNews(Event event) {
    return entity(NostrChanges.entity(event))
        .thenApply(standing ->
            standing
                .map(it -> NewestRule.stampOf(it) <= NostrChanges.stamp(event.createdAtSeconds()))
                .orElse(true));
  }

  /// All names of those whose keys these are but for what the event's own tags say, and but for the
  /// author's.
  private CompletionStage<Set<PrincipalId>> names(List<PublicKey> keys, Caller author) {
    CompletionStage<Set<PrincipalId>> names = done(new LinkedHashSet<>());
    for (PublicKey key : keys) {
      names =
          names.thenCombine(
              identities.named(key),
              (all, named) -> {
                all.add(named.principal());
                all.addAll(named.also());
                return all;
              });
    }
    return names.thenApply(all -> {
      keys.forEach(key -> all.remove(new PrincipalId(key.hex())));
      all.removeAll(author.names());
      return all;
    });
  }

  private CompletionStage<List<Write>> held(Event event, Chat chat, Set<PrincipalId> names) {
    CompletionStage<List<Write>> writes = done(new ArrayList<>());
    for (PrincipalId name : names) {
      EntityKey grant = EntityKey.grant(SeedChanges.chatScope(chat.id()).orElseThrow(), name);
      writes =
          writes.thenCombine(
              entity(grant),
              (all, there) -> {
                if (Authorizer.granted(there.orElse(null)) != Right.NONE) {
                  all.add(SeedChanges.grant(event, grant, Right.NONE));
                }
                if (all.size() == Commit.WRITES_MAX) {
                  throw new BrokenOff(TOO_MANY);
                }
                return all;
              });
    }
    return writes;
  }

  private CompletionStage<Optional<Entity>> entity(EntityKey key) {
    return kernel
        .entity(NostrChanges.relay(), key)
        .thenApply(answer ->
            switch (answer) {
              case Answer.Given<Optional<Entity>>(Optional<Entity> there) -> there;
              case Answer.Refused<Optional<Entity>>(Fault fault) -> throw new BrokenOff(fault);
            });
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
