package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.RelayStatus.State;
import dev.anabranch.client.nostr.cache.EventCache;
import dev.anabranch.client.nostr.cache.Waiting;
import dev.anabranch.client.nostr.relay.LineListener;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.nostr.relay.RequestListener;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a line to one relay, asks it for what is subscribed, sends it what is queued. Everything
/// here happens on the client's loop.
///
/// ```
///   CONNECTING ──▶ OPEN ──lost──▶ WAITING ──time──▶ CONNECTING
///        └─────────fails─────────────▲
/// ```
///
/// A subscription on an open line: asked → end of stored → catching up, when the answer may have
/// left something out → caught up.
final class RelayKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(RelayKeeper.class);

  /// How often it is noted how far the relay was heard.
  private static final long NOTED_MILLIS = 30_000;

  /// What a keeper stands on.
  ///
  /// @param clock what is written down; the loop knows the clock for waits
  /// @param catchUps where waiting is allowed; one thread
  record Surroundings(
      NostrSettings settings,
      EventCache cache,
      NostrLoop loop,
      Dialer dialer,
      InstantSource clock,
      RandomGenerator random,
      ExecutorService catchUps) {

    long nowSeconds() {
      return clock.millis() / 1_000;
    }
  }

  /// What a keeper tells.
  interface Owner {

    /// An event came.
    void came(VerifiedEvent event);

    /// A relay answered an event for good.
    void answered(RelayUrl relay, EventId id, RelayAnswer answer);
  }

  private final RelayUrl relay;
  private final Surroundings here;
  private final Owner owner;
  private final Set<Subscription> subscriptions;
  private final Backoff retries;
  private final Backoff pauses;
  private final AtomicLong dropped = new AtomicLong();
  private final Map<Subscription, Asked> asked = new HashMap<>();
  private final RelaySender sender;
  private @Nullable Session session;
  private boolean reconciles = true;
  private boolean isClosed;
  private long heardSeconds;
  private volatile State state = State.CONNECTING;
  private volatile String detail = "";

  /// One line, from its dial to its end.
  private final class Session implements LineListener {
    private @Nullable RelayLine line;

    private void mine(Runnable task) {
      here.loop.tell(() -> {
        if (session == this) {
          task.run();
        }
      });
    }

    @Override
    public void closed(int code, String reason) {
      mine(() -> lost(code, "closed with " + code + (reason.isEmpty() ? "" : ": " + reason)));
    }

    @Override
    public void notice(String text) {
      detail = text;
    }

    @Override
    public void dropped(String why) {
      dropped.incrementAndGet();
      LOG.debug("{}: {}", relay, why);
    }

    @Override
    public void notAuthenticated(String reason) {
      detail = reason;
      LOG.warn("{} does not take a key: {}", relay, reason);
    }
  }

  /// A subscription on the line.
  private static final class Asked {
    private final Hearing hearing;
    private final Runnable end;
    private final OptionalLong since;
    private boolean isStored;
    private boolean isLive;

    private Asked(Hearing hearing, Runnable end, OptionalLong since) {
      this.hearing = hearing;
      this.end = end;
      this.since = since;
    }
  }

  /// @param subscriptions those there are, changed on the loop
  RelayKeeper(RelayUrl relay, Surroundings here, Set<Subscription> subscriptions, Owner owner) {
    this.relay = relay;
    this.here = here;
    this.subscriptions = subscriptions;
    this.owner = owner;
    NostrSettings settings = here.settings;
    this.retries = new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), here.random);
    this.pauses = new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), here.random);
    this.sender = new RelaySender(relay, here, new Sending());
  }

  RelayUrl relay() {
    return relay;
  }

  RelayStatus status() {
    return new RelayStatus(
        relay, state, detail, here.cache.waiting(List.of(relay.text())), dropped.get());
  }

  /// How it stands when the local copy may be broken.
  RelayStatus lastStatus() {
    try {
      return status();
    } catch (ReplicaFailure broken) {
      LOG.debug("{}: nobody knows what is queued", relay, broken);
      return new RelayStatus(relay, state, detail, 0, dropped.get());
    }
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  // The line.

  void dial() {
    if (isClosed) {
      return;
    }
    state = State.CONNECTING;
    Session fresh = new Session();
    session = fresh;
    var unused =
        RelayLine.dial(here.dialer, relay, here.settings.line(), here.clock, fresh)
            .whenComplete((line, failure) ->
                fresh.mine(() -> {
                  if (failure == null) {
                    opened(fresh, line);
                  } else {
                    lost(CloseCode.LOST, String.valueOf(failure.getMessage()));
                  }
                }));
  }

  private void opened(Session fresh, RelayLine line) {
    fresh.line = line;
    state = State.OPEN;
    detail = "";
    heardSeconds = here.nowSeconds();
    reconciles = true;
    subscriptions.forEach(this::open);
    sender.opened(line, fresh::mine);
    here.loop.later(NOTED_MILLIS, () -> noteAgain(fresh));
  }

  private void lost(int code, String why) {
    note();
    session = null;
    asked.clear();
    sender.lost(code, why);
    state = State.WAITING;
    detail = why;
    if (!isClosed) {
      here.loop.later(retries.failed(), this::dial);
    }
  }

  private @Nullable RelayLine line() {
    Session open = session;
    return open == null ? null : open.line;
  }

  void close() {
    note();
    isClosed = true;
    state = State.CLOSED;
    RelayLine open = line();
    session = null;
    if (open != null) {
      open.close();
    }
  }

  private void noteAgain(Session known) {
    if (session == known) {
      note();
      here.loop.later(NOTED_MILLIS, () -> noteAgain(known));
    }
  }

  /// Up to here everything that the relay had is on disk.
  private void note() {
    asked.forEach((subscription, each) -> {
      if (each.isLive && !subscription.isClosed()) {
        here.cache.catchUp(relay.text(), subscription.name(), heardSeconds);
      }
    });
  }

  /// What becomes of what is sent.
  private final class Sending implements RelaySender.Told {

    @Override
    public void answered(Waiting event, RelayAnswer answer, boolean isFinal) {
      heard();
      if (isFinal) {
        EventId id = event.event().id();
        here.loop.afterwards(() -> owner.answered(relay, id, answer));
      } else {
        detail = answer.reason();
      }
    }

    @Override
    public void silent() {
      RelayLine open = line();
      lost(RelaySender.SILENT, "the relay does not answer events");
      if (open != null) {
        open.close();
      }
    }
  }

  /// The relay is there and does its work.
  private void heard() {
    if (session != null) {
      retries.succeeded();
      heardSeconds = here.nowSeconds();
    }
  }

  // What is asked for.

  void open(Subscription subscription) {
    RelayLine line = line();
    Session open = session;
    if (line == null || open == null) {
      return;
    }
    OptionalLong heard = here.cache.caughtUpSeconds(relay.text(), subscription.name());
    OptionalLong since =
        heard.isEmpty()
            ? heard
            : OptionalLong.of(Math.max(0, heard.getAsLong() - overlapSeconds(subscription)));
    List<Filter> filters =
        subscription.filters().stream().map(filter -> CatchUp.live(filter, since)).toList();
    Hearing hearing = new Hearing(open, subscription);
    asked.put(subscription, new Asked(hearing, line.request(filters, hearing), since));
  }

  private long overlapSeconds(Subscription subscription) {
    boolean mayBeWraps = subscription.filters().stream().anyMatch(CatchUp::mayBeWraps);
    long usual = here.settings.overlapSeconds();
    return mayBeWraps ? Math.max(usual, CatchUp.WRAPS_OVERLAP_SECONDS) : usual;
  }

  void end(Subscription subscription) {
    Asked known = asked.remove(subscription);
    if (known != null) {
      known.end.run();
    }
  }

  /// Brings what a request hears to the client's loop.
  private final class Hearing implements RequestListener {
    private final Session on;
    private final Subscription subscription;

    private Hearing(Session on, Subscription subscription) {
      this.on = on;
      this.subscription = subscription;
    }

    @Override
    public void event(VerifiedEvent event) {
      on.mine(() -> came(subscription, event));
    }

    @Override
    public void endOfStored(@Nullable Extent extent) {
      on.mine(() -> stored(on, subscription, extent));
    }

    @Override
    public void closed(String reason) {
      on.mine(() -> refused(subscription, this, reason));
    }
  }

  /// What comes for a subscription that is closed is left to the next one of its filters: on disk
  /// nobody would be told it any more.
  private void came(Subscription subscription, VerifiedEvent event) {
    if (!subscription.isClosed()) {
      heardSeconds = here.nowSeconds();
      owner.came(event);
    }
  }

  private void stored(Session on, Subscription subscription, @Nullable Extent extent) {
    Asked known = asked.get(subscription);
    RelayLine line = on.line;
    if (known == null || line == null || known.isStored || subscription.isClosed()) {
      return;
    }
    known.isStored = true;
    heard();
    List<Filter> filters = subscription.filters();
    boolean isWhole =
        extent == Extent.FINISH
            || filters.stream().noneMatch(filter -> CatchUp.isNeeded(filter, known.since));
    if (isWhole) {
      caughtUp(subscription);
      return;
    }
    catchUp(on, subscription, known);
  }

  /// Fetches what the answer may have left out, beside the request that is live already.
  private void catchUp(Session on, Subscription subscription, Asked known) {
    RelayLine line = on.line;
    if (session != on || asked.get(subscription) != known || line == null) {
      return;
    }
    CatchUp catchUp =
        new CatchUp(
            here.cache, line, reconciles, event -> on.mine(() -> came(subscription, event)));
    try {
      here.catchUps.execute(() -> {
        try {
          catchUp.run(subscription.filters(), known.since);
          on.mine(() -> {
            reconciles = catchUp.reconciles();
            if (asked.get(subscription) == known) {
              caughtUp(subscription);
            }
          });
        } catch (RelayRefusal refusal) {
          on.mine(() -> notCaughtUp(on, subscription, known, String.valueOf(refusal.getMessage())));
        } catch (LinkFailure failure) {
          LOG.debug("{}: caught up no further", relay, failure);
          line.close(); // and all is asked again on the next one
        }
      });
    } catch (RejectedExecutionException closing) {
      LOG.debug("{}: the client is closed", relay, closing);
    }
  }

  private void notCaughtUp(Session on, Subscription subscription, Asked known, String reason) {
    if (asked.get(subscription) == known) {
      detail = reason;
      if (isPutOff(reason)) {
        here.loop.later(pauses.failed(), () -> catchUp(on, subscription, known));
        here.loop.afterwards(() -> subscription.listener().postponed(relay, reason));
      } else {
        here.loop.afterwards(() -> subscription.listener().refused(relay, reason));
      }
    }
  }

  private void caughtUp(Subscription subscription) {
    Asked known = asked.get(subscription);
    if (known != null && !known.isLive && !subscription.isClosed()) {
      known.isLive = true;
      pauses.succeeded();
      heardSeconds = here.nowSeconds();
      here.cache.catchUp(relay.text(), subscription.name(), heardSeconds);
      here.loop.afterwards(() -> subscription.listener().caughtUp(relay));
    }
  }

  private void refused(Subscription subscription, Hearing hearing, String reason) {
    Asked known = asked.get(subscription);
    if (known == null || known.hearing != hearing) {
      return;
    }
    note();
    asked.remove(subscription);
    detail = reason;
    if (isPutOff(reason)) {
      here.loop.later(pauses.failed(), () -> askAgain(hearing.on, subscription));
      here.loop.afterwards(() -> subscription.listener().postponed(relay, reason));
    } else {
      here.loop.afterwards(() -> subscription.listener().refused(relay, reason));
    }
  }

  /// Whether it may be answered a little later: the relay says so, or gives no reason to think
  /// otherwise.
  private static boolean isPutOff(String reason) {
    return Prefix.of(reason)
        .map(prefix -> prefix == Prefix.ERROR || prefix == Prefix.RATE_LIMITED)
        .orElse(true);
  }

  /// Asks for what the relay put off, unless the line was lost meanwhile: then all is asked again.
  private void askAgain(Session on, Subscription subscription) {
    boolean isAsked = asked.containsKey(subscription);
    if (session == on && subscriptions.contains(subscription) && !isAsked) {
      open(subscription);
    }
  }

  /// Sends what is queued, as much as may be on its way.
  void pump() {
    sender.pump();
  }
}
