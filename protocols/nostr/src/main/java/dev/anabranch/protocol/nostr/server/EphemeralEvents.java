package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.rule.Confidential;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Brings events that are not kept to the followers of a scope, as what is said there once
/// (decision 0102).
///
/// What is for its parties alone is told to no scope, nor what is larger than a presence may be.
final class EphemeralEvents {

  /// What ephemeral events are said about.
  static final String TOPIC = "nostr";

  private static final CompletionStage<Boolean> NOBODY = CompletableFuture.completedStage(false);

  private final Kernel kernel;
  private final EventRights rights;

  EphemeralEvents(Kernel kernel, EventRights rights) {
    this.kernel = kernel;
    this.rights = rights;
  }

  /// Tells an event to the followers of its scope; whether there are any. Fails with a
  /// [dev.anabranch.kernel.store.StoreFailure] when it cannot be known what is here.
  CompletionStage<Boolean> tell(Event event, PrincipalId author) {
    if (Confidential.isOf(event) || event.content().length() > Present.VALUE_CHARS_MAX) {
      return NOBODY;
    }
    JsonObject said = object(event);
    return said.text().length() > Present.VALUE_CHARS_MAX
        ? NOBODY
        : rights
            .audience(event)
            .thenCompose(
                scope -> scope.map(followed -> tell(followed, author, said)).orElse(NOBODY));
  }

  private CompletionStage<Boolean> tell(ScopeName scope, PrincipalId author, JsonObject said) {
    return kernel
        .present(NostrChanges.relay(), Present.once(scope, TOPIC, author, said))
        .thenApply(answer -> answer instanceof Answer.Given<Boolean>(Boolean heard) && heard);
  }

  private static JsonObject object(Event event) {
    return JsonObject.EMPTY
        .with("id", event.id().hex())
        .with("pubkey", event.author().hex())
        .with("created_at", event.createdAtSeconds())
        .with("kind", event.kind())
        .with("tags", new JsonArray(event.tags().stream().map(EphemeralEvents::array).toList()))
        .with("content", event.content())
        .with("sig", event.signature().hex());
  }

  private static Json array(Tag tag) {
    return new JsonArray(tag.values().stream().<Json>map(JsonString::new).toList());
  }
}
