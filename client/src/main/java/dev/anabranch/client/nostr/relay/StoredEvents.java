package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads what a relay has stored, page by page, and waits for it. Not for the line's loop.
public final class StoredEvents {

  /// Events of one page.
  public static final int PAGE = 1_000;

  /// Ids of one request.
  public static final int IDS = 250;

  /// A page holds no more, whatever the relay sends.
  private static final long PAGE_CHARACTERS_MAX = 64L * 1024 * 1024;

  private StoredEvents() {}

  /// Every stored event of a filter, the newest first, as many as its limit says.
  ///
  /// A relay that caps its answers is asked again for what is older. More than a page within one
  /// second cannot be told apart this way; [Difference] finds them where the relay reconciles.
  ///
  /// @param page told each page on this thread
  /// @throws RelayRefusal when the relay does not answer the filter
  /// @throws LinkFailure when the line is lost
  public static void read(RelayLine line, Filter filter, Consumer<List<VerifiedEvent>> page) {
    Set<EventId> boundary = new HashSet<>();
    long until = filter.untilSeconds();
    int left = filter.limit();
    while (left > 0 && until >= filter.sinceSeconds()) {
      Filter asked = filter.between(filter.sinceSeconds(), until).withLimit(Math.min(left, PAGE));
      Page got = page(line, asked);
      List<VerifiedEvent> fresh =
          got.events.stream().filter(event -> !boundary.contains(event.id())).limit(left).toList();
      if (!fresh.isEmpty()) {
        page.accept(fresh);
        left -= left == Filter.NO_LIMIT ? 0 : fresh.size();
      }
      if (got.events.isEmpty() || got.extent == Extent.FINISH) {
        return;
      }
      long oldest =
          got.events.stream().mapToLong(each -> each.event().createdAtSeconds()).min().orElse(0);
      boolean isStuck = fresh.isEmpty();
      if (isStuck || oldest < until) {
        boundary.clear();
      }
      until = isStuck ? oldest - 1 : oldest;
      long edge = oldest;
      got.events.stream()
          .filter(each -> each.event().createdAtSeconds() == edge)
          .forEach(each -> boundary.add(each.id()));
    }
  }

  /// The stored events of these ids.
  ///
  /// @param chunk told some at a time, on this thread
  public static void byIds(RelayLine line, List<EventId> ids, Consumer<List<VerifiedEvent>> chunk) {
    for (int from = 0; from < ids.size(); from += IDS) {
      Set<EventId> some = new LinkedHashSet<>(ids.subList(from, Math.min(ids.size(), from + IDS)));
      Filter filter = Filter.ANY.withIds(some).withLimit(some.size());
      List<VerifiedEvent> got = page(line, filter).events;
      if (!got.isEmpty()) {
        chunk.accept(got);
      }
    }
  }

  /// One answer.
  private record Page(List<VerifiedEvent> events, @Nullable Extent extent) {}

  private static Page page(RelayLine line, Filter filter) {
    Reading reading = new Reading();
    Runnable end = line.request(List.of(filter), reading);
    try {
      long heard = -1;
      while (true) {
        try {
          return reading.done.get(line.settings().answerMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
          long now = reading.heard;
          if (now == heard) {
            throw LinkFailure.unreachable(line.relay() + " does not answer a request", slow);
          }
          heard = now;
        }
      }
    } catch (ExecutionException refused) {
      throw refused.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(refused);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw LinkFailure.unreachable("interrupted", stop);
    } finally {
      end.run();
    }
  }

  /// Gathers one answer on the line's loop.
  private static final class Reading implements RequestListener {
    private final CompletableFuture<Page> done = new CompletableFuture<>();
    private final List<VerifiedEvent> events = new ArrayList<>();
    private long characters;
    private volatile long heard;

    @Override
    public void event(VerifiedEvent event) {
      if (done.isDone()) {
        return;
      }
      events.add(event);
      heard = events.size();
      characters += event.event().content().length();
      if (characters > PAGE_CHARACTERS_MAX || events.size() > 10 * PAGE) {
        done.completeExceptionally(
            new RelayRefusal("error: the relay sends far more than it was asked for"));
      }
    }

    @Override
    public void endOfStored(@Nullable Extent extent) {
      done.complete(new Page(List.copyOf(events), extent));
    }

    @Override
    public void closed(String reason) {
      done.completeExceptionally(new RelayRefusal(reason));
    }

    @Override
    public void lost(LinkFailure failure) {
      done.completeExceptionally(failure);
    }
  }
}
