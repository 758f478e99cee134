package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.cache.Waiting;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.nostr.event.EventId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends one relay what is queued for it, in its order, some at a time; on the client's loop.
///
/// What the relay puts off is sent again after a pause, everything without an answer again on the
/// next line: an event is the same however often it comes.
final class RelaySender {

  /// Events that are sent at once, when no more than half as many are on their way.
  private static final int WINDOW = 128;

  /// How often one event is tried on answers that may change before the last one counts.
  private static final int TRIES_MAX = 20;

  private final RelayUrl relay;
  private final RelayKeeper.Surroundings here;
  private final Told told;
  private final Backoff pauses;
  private final Set<Long> underWay = new HashSet<>();
  private final Map<Long, Integer> tries = new HashMap<>();
  private @Nullable RelayLine line;
  private Consumer<Runnable> mine = task -> {};
  private long sentUpTo;
  private boolean isPaused;

  /// Hears every answer.
  interface Told {

    /// @param isFinal whether the event is not sent again
    void answered(EventId id, RelayAnswer answer, boolean isFinal);
  }

  RelaySender(RelayUrl relay, RelayKeeper.Surroundings here, Told told) {
    this.relay = relay;
    this.here = here;
    this.told = told;
    NostrSettings settings = here.settings();
    this.pauses = new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), here.random());
  }

  /// @param onLoop brings a task to the client's loop, as long as this line is the one
  void opened(RelayLine open, Consumer<Runnable> onLoop) {
    line = open;
    mine = onLoop;
    pump();
  }

  void lost() {
    line = null;
    underWay.clear();
    tries.clear();
    sentUpTo = 0;
  }

  void pump() {
    RelayLine open = line;
    Consumer<Runnable> onLoop = mine;
    if (open == null || isPaused || underWay.size() > WINDOW / 2) {
      return;
    }
    for (Waiting next : here.cache().waiting(relay.text(), sentUpTo, WINDOW)) {
      sentUpTo = next.number();
      if (underWay.add(next.number())) {
        var unused =
            open.publish(next.event())
                .whenComplete((answer, failure) -> {
                  if (failure == null) {
                    onLoop.accept(() -> answered(next, answer));
                  }
                });
      }
    }
  }

  private void answered(Waiting sent, RelayAnswer answer) {
    EventId id = sent.event().id();
    underWay.remove(sent.number());
    if (answer.isTransient() && tries.merge(sent.number(), 1, Integer::sum) < TRIES_MAX) {
      told.answered(id, answer, false);
      pause();
      return;
    }
    tries.remove(sent.number());
    pauses.succeeded();
    boolean unused = here.cache().settle(id, relay.text(), answer.isAccepted(), answer.reason());
    told.answered(id, answer, true);
    pump();
  }

  private void pause() {
    if (!isPaused) {
      isPaused = true;
      here.loop()
          .later(
              pauses.failed(),
              () -> {
                isPaused = false;
                sentUpTo = 0;
                pump();
              });
    }
  }
}
