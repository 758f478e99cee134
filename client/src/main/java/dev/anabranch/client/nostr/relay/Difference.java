package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.reconcile.RecordSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Which events of a filter only one side has (NIP-77).
///
/// @param have ids that we have and the relay lacks
/// @param need ids that the relay has and we lack
public record Difference(List<EventId> have, List<EventId> need) {

  /// A time that no relay takes events of, in seconds since 1970: the year 2242.
  private static final long FAR_AWAY = 1L << 33;

  public Difference {
    have = List.copyOf(have);
    need = List.copyOf(need);
  }

  /// Finds it; asks time by time where the relay has more than it reconciles at once. Not for the
  /// line's loop.
  ///
  /// @param records ours, of this filter
  /// @throws RelayRefusal when the relay does not reconcile, or not this filter
  /// @throws LinkFailure when the line is lost
  public static Difference find(
      RelayLine line, Filter filter, Collection<RecordSet.Record> records) {
    Finding finding = new Finding(line, filter);
    finding.between(
        filter.sinceSeconds(), filter.untilSeconds(), records.stream().sorted().toList());
    return new Difference(finding.have, finding.need);
  }

  /// One search, window by window.
  private static final class Finding {
    private final RelayLine line;
    private final Filter filter;
    private final List<EventId> have = new ArrayList<>();
    private final List<EventId> need = new ArrayList<>();

    private Finding(RelayLine line, Filter filter) {
      this.line = line;
      this.filter = filter;
    }

    private void between(long since, long until, List<RecordSet.Record> records) {
      try {
        Once once = new Once();
        line.reconcile(filter.between(since, until), RecordSet.of(records), once);
        Difference found = once.await();
        have.addAll(found.have);
        need.addAll(found.need);
      } catch (TooMany tooMany) {
        long last = Math.min(until, FAR_AWAY);
        if (since >= last) {
          throw new RelayRefusal(String.valueOf(tooMany.getMessage()));
        }
        long middle = middle(since, last, records);
        between(since, middle - 1, records.stream().filter(r -> isBefore(r, middle)).toList());
        between(middle, until, records.stream().filter(r -> !isBefore(r, middle)).toList());
      }
    }

    private static boolean isBefore(RecordSet.Record record, long seconds) {
      return record.createdAtSeconds() < seconds;
    }

    /// Where to part a window: amid our own records, else amid the time.
    private static long middle(long since, long last, List<RecordSet.Record> records) {
      if (!records.isEmpty()) {
        long median = records.get(records.size() / 2).createdAtSeconds();
        if (median > since && median <= last) {
          return median;
        }
      }
      return since + (last - since + 1) / 2;
    }
  }

  /// The relay has more events in a window than it reconciles.
  private static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TooMany(String reason) {
      super(reason, null, false, false);
    }
  }

  /// Gathers one reconciliation on the line's loop.
  private static final class Once implements ReconcileListener {
    private final CompletableFuture<Difference> done = new CompletableFuture<>();
    private final List<EventId> have = new ArrayList<>();
    private final List<EventId> need = new ArrayList<>();

    @Override
    public void found(List<EventId> more, List<EventId> missing) {
      have.addAll(more);
      need.addAll(missing);
    }

    @Override
    public void finished() {
      done.complete(new Difference(have, need));
    }

    @Override
    public void failed(String reason, long recordsMax) {
      boolean isTooMany =
          recordsMax > 0 || Prefix.of(reason).filter(Prefix.BLOCKED::equals).isPresent();
      done.completeExceptionally(isTooMany ? new TooMany(reason) : new RelayRefusal(reason));
    }

    @Override
    public void lost(LinkFailure failure) {
      done.completeExceptionally(failure);
    }

    private Difference await() {
      try {
        return done.get(); // the line gives up by itself when the relay is silent
      } catch (ExecutionException failed) {
        throw failed.getCause() instanceof RuntimeException known
            ? known
            : new IllegalStateException(failed);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw LinkFailure.unreachable("interrupted", stop);
      }
    }
  }
}
