package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.client.nostr.relay.Difference;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.StoredEvents;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.reconcile.RecordSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What a relay has of a filter: read page by page, and then, where the relay reconciles, what the
/// pages left out because too much was of one second.
final class Inventory {

  /// The most records of one run; 72 bytes each and more while they are gathered.
  private static final int RECORDS_MAX = 5_000_000;

  private final RelayLine line;
  private final Filter filter;
  private final Consumer<List<VerifiedEvent>> told;
  private final Set<RecordSet.Record> records = new HashSet<>();

  private Inventory(RelayLine line, Filter filter, Consumer<List<VerifiedEvent>> told) {
    this.line = line;
    this.filter = filter;
    this.told = told;
  }

  /// Reads it.
  ///
  /// @param told every event once, some at a time
  /// @throws RelayRefusal when the relay does not answer, or does not say what the pages left out
  ///   although it reconciles
  static Set<RecordSet.Record> of(
      RelayLine line, Filter filter, Consumer<List<VerifiedEvent>> told) {
    Inventory inventory = new Inventory(line, filter, told);
    StoredEvents.read(line, filter, inventory::took);
    inventory.complete();
    return inventory.records;
  }

  /// Reads it of a relay that does not reconcile: the pages are all there is to know.
  static Set<RecordSet.Record> ofPages(
      RelayLine line, Filter filter, Consumer<List<VerifiedEvent>> told) {
    Inventory inventory = new Inventory(line, filter, told);
    StoredEvents.read(line, filter, inventory::took);
    return inventory.records;
  }

  private void took(List<VerifiedEvent> events) {
    List<VerifiedEvent> fresh = events.stream().filter(this::isFresh).toList();
    if (records.size() > RECORDS_MAX) {
      throw new CommandFailure(
          CommandFailure.NO,
          "more than " + RECORDS_MAX + " events; do it in parts, with --since and --until");
    }
    if (!fresh.isEmpty()) {
      told.accept(fresh);
    }
  }

  private boolean isFresh(VerifiedEvent event) {
    return records.add(new RecordSet.Record(event.event().createdAtSeconds(), event.id()));
  }

  private void complete() {
    if (filter.limit() != Filter.NO_LIMIT || filter.search() != null) {
      return;
    }
    missing().ifPresent(ids -> StoredEvents.byIds(line, ids, this::took));
  }

  /// What the pages left out; nothing when the relay does not reconcile, then they are all there is
  /// to know.
  private Optional<List<EventId>> missing() {
    try {
      return Optional.of(Difference.find(line, filter, records).need());
    } catch (RelayRefusal refusal) {
      if (refusal.prefix().filter(Prefix.UNSUPPORTED::equals).isEmpty()) {
        throw refusal;
      }
      return Optional.empty();
    }
  }
}
