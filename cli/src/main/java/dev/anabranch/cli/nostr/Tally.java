package dev.anabranch.cli.nostr;

import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.message.Prefix;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// Counts what became of events that were sent.
final class Tally implements BiConsumer<Event, RelayAnswer> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> refusals = new TreeMap<>();
  private long taken;
  private long known;
  private boolean wasBusy;

  @Override
  public void accept(Event event, RelayAnswer answer) {
    lock.lock();
    try {
      if (!answer.isAccepted()) {
        wasBusy |= answer.isTransient();
        refusals.merge(
            Prefix.of(answer.reason()).map(Prefix::word).orElse("no prefix"), 1L, Long::sum);
      } else if (Prefix.of(answer.reason()).filter(Prefix.DUPLICATE::equals).isPresent()) {
        known++;
      } else {
        taken++;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Events that the relay had not.
  long taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  long refused() {
    lock.lock();
    try {
      return refusals.values().stream().mapToLong(Long::longValue).sum();
    } finally {
      lock.unlock();
    }
  }

  /// Whether some were refused only for now, since this was asked last.
  boolean wasBusy() {
    lock.lock();
    try {
      boolean was = wasBusy;
      wasBusy = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  JsonObject figures() {
    lock.lock();
    try {
      JsonObject reasons = JsonObject.EMPTY;
      for (Map.Entry<String, Long> each : refusals.entrySet()) {
        reasons = reasons.with(each.getKey(), each.getValue());
      }
      return JsonObject.EMPTY.with("taken", taken).with("known", known).with("refused", reasons);
    } finally {
      lock.unlock();
    }
  }

  /// In words: `12 new, 3 known, 1 refused (1 blocked)`.
  String words() {
    lock.lock();
    try {
      StringBuilder words = new StringBuilder(taken + " new");
      if (known > 0) {
        words.append(", ").append(known).append(" known");
      }
      if (!refusals.isEmpty()) {
        words.append(", refused:");
        refusals.forEach((why, count) -> words.append(' ').append(count).append(' ').append(why));
      }
      return words.toString();
    } finally {
      lock.unlock();
    }
  }
}
