package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.event.Event;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An event that is on disk here and on its way to relays.
///
/// A later process on the same file goes on with it, without this handle.
public final class Publication {

  private final Event event;
  private final Map<RelayUrl, CompletableFuture<RelayAnswer>> answers = new LinkedHashMap<>();

  Publication(Event event, List<RelayUrl> relays) {
    this.event = event;
    relays.forEach(relay -> answers.put(relay, new CompletableFuture<>()));
  }

  public Event event() {
    return event;
  }

  /// What one relay answered for good; waits for as long as the relay is away.
  ///
  /// @throws IllegalArgumentException when it is not one of the client's relays
  public CompletionStage<RelayAnswer> answer(RelayUrl relay) {
    CompletableFuture<RelayAnswer> answer = answers.get(relay);
    if (answer == null) {
      throw new IllegalArgumentException(relay + " is not a relay of this client");
    }
    return answer.copy();
  }

  /// What all relays answered.
  public CompletionStage<Map<RelayUrl, RelayAnswer>> answers() {
    return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
        .thenApply(all -> {
          Map<RelayUrl, RelayAnswer> given = new LinkedHashMap<>();
          answers.forEach((relay, answer) -> given.put(relay, answer.join()));
          return given;
        });
  }

  void answered(RelayUrl relay, RelayAnswer answer) {
    CompletableFuture<RelayAnswer> waiting = answers.get(relay);
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  boolean isAnswered() {
    return answers.values().stream().allMatch(CompletableFuture::isDone);
  }
}
