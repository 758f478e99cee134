package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.client.nostr.relay.Difference;
import dev.anabranch.client.nostr.relay.EventTransfer;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.StoredEvents;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.reconcile.RecordSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Makes two relays the same for a filter, once: ours is read, the other tells by reconciliation
/// (NIP-77) what it has more and less, and each is sent what it lacks. A relay that does not
/// reconcile is read as well.
final class RelayPair {

  private final RelayLine ours;
  private final RelayLine other;
  private final RandomGenerator random;
  private final Output output;
  private final Tally down = new Tally();
  private final Tally up = new Tally();

  RelayPair(RelayLine ours, RelayLine other, RandomGenerator random, Output output) {
    this.ours = ours;
    this.other = other;
    this.random = random;
    this.output = output;
  }

  /// What came of the events that went from the other relay to ours.
  Tally down() {
    return down;
  }

  Tally up() {
    return up;
  }

  void sync(Filter filter, Direction direction) {
    Set<RecordSet.Record> here = read(ours, filter, true);
    Difference difference = difference(filter, here);
    if (direction.isDown()) {
      copy(other, difference.need(), new EventTransfer(ours, random, down), "down");
    }
    if (direction.isUp()) {
      copy(ours, difference.have(), new EventTransfer(other, random, up), "up");
    }
  }

  /// @param reconciles whether the relay may be asked what its pages left out
  private Set<RecordSet.Record> read(RelayLine line, Filter filter, boolean reconciles) {
    try (Progress progress = Progress.of("read " + line.relay(), -1, output)) {
      return reconciles
          ? Inventory.of(line, filter, events -> progress.by(events.size()))
          : Inventory.ofPages(line, filter, events -> progress.by(events.size()));
    }
  }

  private Difference difference(Filter filter, Set<RecordSet.Record> here) {
    try {
      return Difference.find(other, filter, here);
    } catch (RelayRefusal refusal) {
      if (!refusal.isUnsupported()) {
        throw refusal;
      }
    }
    Set<RecordSet.Record> there = read(other, filter, false);
    return new Difference(without(here, there), without(there, here));
  }

  private static List<EventId> without(Set<RecordSet.Record> some, Set<RecordSet.Record> others) {
    return some.stream()
        .filter(record -> !others.contains(record))
        .sorted()
        .map(RecordSet.Record::id)
        .collect(Collectors.toList());
  }

  private void copy(RelayLine from, List<EventId> ids, EventTransfer transfer, String task) {
    try (Progress progress = Progress.of(task, ids.size(), output)) {
      StoredEvents.byIds(
          from,
          ids,
          events -> {
            events.forEach(event -> transfer.send(event.event()));
            progress.by(events.size());
          });
      transfer.finish();
    }
  }
}
