package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.client.nostr.relay.EventTransfer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.nostr.relay.RequestListener;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Two relays while they are kept the same.
///
/// The live events are listened to before the difference is looked for, on a line of their own, so
/// that nothing falls between. A source that outruns its destination waits.
final class MirroredPair {

  /// Live events that wait for their destination.
  private static final int WAITING_MAX = 4_096;

  /// Events that were sent, remembered so that none is sent back.
  private static final int RECENT_MAX = 65_536;

  private static final long LOOK_MILLIS = 100;
  private static final long LIVE_SECONDS_MAX = 30;

  private final RelayUrl ours;
  private final RelayUrl other;
  private final ConnectedRelay.Way way;
  private final Filter filter;
  private final Direction direction;
  private final RandomGenerator random;
  private final Output output;
  private final CountDownLatch ending;
  private final Set<EventId> recent = new LinkedHashSet<>();
  private final Tally live = new Tally();
  private final AtomicLong caughtUp = new AtomicLong();

  MirroredPair(
      RelayUrl ours,
      RelayUrl other,
      ConnectedRelay.Way way,
      Filter filter,
      Direction direction,
      RandomGenerator random,
      Output output,
      CountDownLatch ending) {
    this.ours = ours;
    this.other = other;
    this.way = way;
    this.filter = filter.withLimit(Filter.NO_LIMIT);
    this.direction = direction;
    this.random = random;
    this.output = output;
    this.ending = ending;
  }

  String words() {
    return caughtUp.get() + " caught up, live: " + live.words();
  }

  /// Mirrors until it is to end.
  ///
  /// @param works told when everything is caught up
  /// @throws LinkFailure when a relay is lost
  void mirror(Runnable works) throws InterruptedException {
    try (ConnectedRelay here = ConnectedRelay.to(ours, way);
        ConnectedRelay there = ConnectedRelay.to(other, way);
        Source down = direction.isDown() ? Source.of(other, way, filter) : Source.none();
        Source up = direction.isUp() ? Source.of(ours, way, filter) : Source.none()) {
      RelayPair pair = new RelayPair(here.line(), there.line(), random, Output.nowhere());
      pair.sync(filter, direction);
      long unused = caughtUp.addAndGet(pair.down().taken() + pair.up().taken());
      retryWhenBusy(pair.down());
      retryWhenBusy(pair.up());
      output.remark(
          "caught up: "
              + (direction.isDown() ? "down " + pair.down().words() + "; " : "")
              + (direction.isUp() ? "up " + pair.up().words() + "; " : "")
              + "live");
      works.run();
      EventTransfer toOurs = new EventTransfer(here.line(), random, live);
      EventTransfer toOther = new EventTransfer(there.line(), random, live);
      while (ending.getCount() > 0) {
        boolean isQuiet = !forward(down, toOurs) & !forward(up, toOther);
        if (isQuiet) {
          toOurs.finish();
          toOther.finish();
          retryWhenBusy(live);
          if (ending.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    }
  }

  /// What a relay could not take just now is found again by the next catching up.
  private static void retryWhenBusy(Tally tally) {
    if (tally.wasBusy()) {
      throw LinkFailure.unreachable("a relay cannot keep up", null);
    }
  }

  /// Sends on what has come; whether there was something.
  private boolean forward(Source from, EventTransfer to) {
    List<Event> come = from.come();
    for (Event event : come) {
      if (isFresh(event.id())) {
        to.send(event);
      }
    }
    return !come.isEmpty();
  }

  private boolean isFresh(EventId id) {
    if (recent.size() >= RECENT_MAX) {
      recent.remove(recent.iterator().next());
    }
    return recent.add(id);
  }

  /// The new events of a relay.
  private static final class Source implements RequestListener, AutoCloseable {
    private final @Nullable ConnectedRelay relay;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final CompletableFuture<Boolean> isLive = new CompletableFuture<>();
    private volatile String ended = "";

    private Source(@Nullable ConnectedRelay relay) {
      this.relay = relay;
    }

    /// One that never has any.
    static Source none() {
      return new Source(null);
    }

    static Source of(RelayUrl url, ConnectedRelay.Way way, Filter filter)
        throws InterruptedException {
      ConnectedRelay relay = ConnectedRelay.to(url, way);
      Source source = new Source(relay);
      Runnable unused = relay.line().request(List.of(filter.withLimit(1)), source);
      try {
        boolean live = source.isLive.get(LIVE_SECONDS_MAX, TimeUnit.SECONDS);
        if (live) {
          return source;
        }
      } catch (ExecutionException never) {
        throw new IllegalStateException("a source does not fail", never);
      } catch (TimeoutException silent) {
        source.ended = url + " does not answer";
      }
      source.close();
      throw LinkFailure.unreachable(source.ended, null);
    }

    @Override
    public void event(VerifiedEvent event) {
      try {
        waiting.put(event.event());
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void endOfStored(@Nullable Extent extent) {
      isLive.complete(true);
    }

    @Override
    public void closed(String reason) {
      ended = reason;
      isLive.complete(false);
    }

    @Override
    public void lost(LinkFailure failure) {
      closed(String.valueOf(failure.getMessage()));
    }

    private List<Event> come() {
      List<Event> come = new ArrayList<>();
      waiting.drainTo(come, 256);
      if (come.isEmpty() && !ended.isEmpty()) {
        throw LinkFailure.unreachable(ended, null);
      }
      return come;
    }

    @Override
    public void close() {
      if (relay != null) {
        waiting.clear();
        relay.close();
      }
    }
  }
}
