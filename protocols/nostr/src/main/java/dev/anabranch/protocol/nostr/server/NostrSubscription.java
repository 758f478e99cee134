package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.Frame;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One REQ: `STORED → LIVE`, from there to `BEHIND` and back when the socket is slow.
///
/// What is stored is read as it is now, not as it was at the REQ: an event that replaced another
/// meanwhile is sent in its place, and not again when it is told.
///
/// In STORED what is new waits, up to a bound; in LIVE it is sent at once. When too much waits, or
/// the socket takes no more, nothing is kept: in BEHIND the events are read from the store in the
/// order of the log, from the first one that could not be sent (K5, K11). Of a page that was read
/// so much is sent as the socket takes; the rest is read again.
///
/// On the link's thread, besides [#maySee].
final class NostrSubscription implements LiveSubscription {

  /// About what an outbox takes: what does not fit is read again.
  private static final PageLimit CATCH_UP = new PageLimit(500, 256 * 1024);

  private enum State {
    STORED,
    LIVE,
    BEHIND,
    ENDED
  }

  private final NostrGateway.Surroundings here;
  private final NostrLink link;
  private final CatchUpTurns turns;
  private final LinkLoop loop; // the feed asks for it and touches nothing else of the link
  private final SubscriptionId id;
  private final List<Filter> filters;
  private final Supplier<Viewer> viewer;
  private final Runnable lost;
  private final Deque<Told> waiting = new ArrayDeque<>(0);
  private Set<Long> sentEarly = Set.of(); // stored after the REQ, and yet to be told
  private @Nullable StoredEvents stored;
  private volatile State state = State.STORED;
  private boolean fetching;
  private long readTo;
  private long missedTo;

  /// One that has not begun.
  ///
  /// @param turns of all subscriptions of the link
  /// @param lost told when the store is away; the subscription may have ended meanwhile
  NostrSubscription(
      NostrGateway.Surroundings here,
      NostrLink link,
      CatchUpTurns turns,
      SubscriptionId id,
      List<Filter> filters,
      Supplier<Viewer> viewer,
      Consumer<NostrSubscription> lost) {
    this.here = here;
    this.link = link;
    this.turns = turns;
    this.loop = link.loop();
    this.id = id;
    this.filters = filters;
    this.viewer = viewer;
    this.lost = () -> lost.accept(this);
  }

  void begin() {
    readTo = here.feed().add(this);
    stored =
        new StoredEvents(
            here.finder(),
            filters,
            sight -> isVisible(sight.event()),
            sights -> here.rights().sieve(viewer.get()).let(sights),
            here.policy().limits());
    walk();
  }

  void end() {
    state = State.ENDED;
    here.feed().remove(this);
    turns.leave(this);
    waiting.clear();
    sentEarly = Set.of();
    stored = null;
  }

  SubscriptionId id() {
    return id;
  }

  private boolean isVisible(Event event) {
    return here.policy().isVisible(event, viewer.get().keys(), here.nowSeconds());
  }

  @Override
  public List<Filter> filters() {
    return filters;
  }

  @Override
  public boolean maySee(Event event) {
    return state != State.ENDED && isVisible(event);
  }

  @Override
  public Viewer viewer() {
    return viewer.get();
  }

  @Override
  public LinkLoop loop() {
    return loop;
  }

  /// The outbox has room again.
  void writable() {
    if (fetching) {
      return;
    }
    switch (state) {
      case STORED -> lookAgain();
      case BEHIND -> catchUp();
      case LIVE, ENDED -> {}
    }
  }

  // What is stored.

  /// Goes on with what waited for the socket: of that, what may still be seen.
  private void lookAgain() {
    StoredEvents walk = stored;
    if (walk == null) {
      return;
    }
    fetching = true;
    link.then(
        here.rights().sieve(viewer.get()).let(walk.known()),
        allowed -> {
          fetching = false;
          walk.retain(allowed);
          walk();
        },
        lost);
  }

  private void walk() {
    StoredEvents walk = stored;
    if (walk == null || state != State.STORED) {
      return;
    }
    int sent = 0;
    while (link.writable()) {
      Sight next = walk.next();
      if (next != null && !isVisible(next.event())) {
        continue; // not any more
      }
      if (next != null) {
        link.send(Frame.text(Told.bytes(id, next)));
        if (next.id() > readTo) {
          sentEarly(next.id());
        }
        sent++;
        continue;
      }
      CompletionStage<StoredEvents.Slice> pending = walk.pending();
      if (pending == null) {
        here.observer().delivered(sent);
        finish(walk);
      } else {
        here.observer().delivered(sent);
        fetching = true;
        link.then(
            pending,
            slice -> {
              fetching = false;
              walk.arrived(slice);
              walk();
            },
            lost);
      }
      return;
    }
    here.observer().delivered(sent);
  }

  private void finish(StoredEvents walk) {
    link.send(new RelayMessage.EndOfStored(id, extent(walk)));
    stored = null;
    if (missedTo > 0) {
      state = State.BEHIND;
      catchUp();
      return;
    }
    if (waiting.isEmpty()) {
      state = State.LIVE;
      return;
    }
    Set<Told> waited = same(waiting);
    fetching = true;
    link.then(
        here.rights().sieve(viewer.get()).let(waiting.stream().map(Told::sight).toList()),
        allowed -> {
          fetching = false;
          tellWaiting(waited, same(allowed));
        },
        lost);
  }

  private static <T> Set<T> same(Collection<T> some) {
    Set<T> same = Collections.newSetFromMap(new IdentityHashMap<>());
    same.addAll(some);
    return same;
  }

  /// Tells what waited for the stored events and may still be seen, and what came meanwhile.
  private void tellWaiting(Set<Told> waited, Set<Sight> allowed) {
    if (state != State.STORED) {
      return;
    }
    if (missedTo > 0) {
      state = State.BEHIND;
      catchUp();
      return;
    }
    state = State.LIVE;
    for (Told told = waiting.poll(); told != null; told = waiting.poll()) {
      Sight sight = told.sight();
      if (!waited.contains(told) || (allowed.contains(sight) && isVisible(sight.event()))) {
        tell(told);
      } else if (state == State.LIVE) {
        advance(sight.id());
      }
    }
  }

  private RelayMessage.@Nullable Extent extent(StoredEvents walk) {
    if (!here.policy().limits().tellsExtent()) {
      return null;
    }
    return walk.hasMore() ? RelayMessage.Extent.MORE : RelayMessage.Extent.FINISH;
  }

  // What is new.

  @Override
  public void tell(Told told) {
    long change = told.sight().id();
    if (change > 0 && change <= readTo) {
      return; // the store has told it, or will
    }
    if (sentEarly.contains(change)) {
      if (state == State.LIVE) {
        advance(change);
      }
      return;
    }
    switch (state) {
      case STORED -> await(told);
      case LIVE -> live(told);
      case BEHIND -> miss(told);
      case ENDED -> {}
    }
  }

  private void await(Told told) {
    if (missedTo > 0 || waiting.size() >= here.policy().limits().waitingLiveMax()) {
      waiting.forEach(this::miss); // it is in the store, behind readTo
      waiting.clear();
      miss(told);
    } else {
      waiting.add(told);
    }
  }

  private void live(Told told) {
    if (!link.writable()) {
      here.observer().fellBehind();
      state = State.BEHIND;
      miss(told);
      return;
    }
    link.send(told.frame(id));
    advance(told.sight().id());
    here.observer().delivered(1);
  }

  private void advance(long change) {
    if (change > readTo) {
      readTo = change;
      if (!sentEarly.isEmpty()) {
        sentEarly.removeIf(early -> early <= change);
      }
    }
  }

  /// Most subscriptions never have one, and each of a thousand would look into a set of its own.
  private void sentEarly(long change) {
    if (sentEarly.isEmpty()) {
      sentEarly = new HashSet<>();
    }
    sentEarly.add(change);
  }

  /// Nothing is kept of it but up to where there is to read. All that was for this subscription
  /// before the first that it misses was told to it, however much else came in between.
  private void miss(Told told) {
    long change = told.sight().id();
    if (change == 0) {
      here.observer().dropped(); // no store has it
      return;
    }
    if (missedTo == 0) {
      advance(change - 1);
    }
    missedTo = Math.max(missedTo, change);
  }

  @Override
  public void flush() {
    link.flush();
  }

  private void catchUp() {
    if (state != State.BEHIND) {
      return;
    }
    if (readTo >= missedTo) {
      state = State.LIVE;
      missedTo = 0;
      return;
    }
    turns.want(this);
  }

  /// Reads a page of what was missed; it is this one's turn.
  void readMissed() {
    long wanted = missedTo;
    fetching = true;
    link.then(
        here.finder()
            .findAfter(readTo, CATCH_UP)
            .thenCompose(page ->
                here.rights()
                    .sieve(viewer.get())
                    .let(meant(page, wanted))
                    .thenApply(sights -> new CaughtUp(page, sights))),
        caught -> {
          fetching = false;
          caught(caught, wanted);
          turns.over();
        },
        () -> {
          lost.run();
          turns.over();
        });
  }

  /// A page of what was missed, and those of it that are to be told.
  private record CaughtUp(List<Found> page, List<Sight> sights) {}

  /// What follows the wanted was not announced yet: it will be told.
  private List<Sight> meant(List<Found> page, long wanted) {
    return page.stream()
        .takeWhile(found -> found.id() <= wanted)
        .flatMap(found -> Sight.of(found).stream())
        .filter(sight -> Filter.anyMatches(filters, sight.event()) && maySee(sight.event()))
        .toList();
  }

  private void caught(CaughtUp caught, long wanted) {
    if (state != State.BEHIND) {
      return; // it ended, and another may have its name
    }
    long readBefore = wanted;
    int sent = 0;
    for (Sight sight : caught.sights()) {
      if (!link.writable()) {
        readBefore = sight.id() - 1; // it is read again when there is room
        break;
      }
      if (!sentEarly.contains(sight.id())) {
        link.send(Frame.text(Told.bytes(id, sight)));
        sent++;
      }
    }
    List<Found> page = caught.page();
    advance(page.isEmpty() ? wanted : Math.min(page.getLast().id(), readBefore));
    here.observer().delivered(sent);
    catchUp();
  }
}
