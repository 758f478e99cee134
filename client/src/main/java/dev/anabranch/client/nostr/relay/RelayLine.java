package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.RelayMessage.Challenge;
import dev.anabranch.nostr.message.RelayMessage.Closed;
import dev.anabranch.nostr.message.RelayMessage.Counted;
import dev.anabranch.nostr.message.RelayMessage.Delivery;
import dev.anabranch.nostr.message.RelayMessage.EndOfStored;
import dev.anabranch.nostr.message.RelayMessage.Notice;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import dev.anabranch.nostr.message.RelayMessage.ReconcileError;
import dev.anabranch.nostr.message.RelayMessage.ReconcileNext;
import dev.anabranch.nostr.message.SubscriptionId;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// One open line to a relay. Its methods may be called from any thread; everything happens on the
/// link's loop.
///
/// ```
///   DIALLED ──no keys, or keys taken, or no challenge in time──▶ READY ──lost, closed──▶ ENDED
/// ```
///
/// Nothing that was asked for is lost without a word: what is under way when the line ends fails
/// with a [LinkFailure] or is told `lost`.
public final class RelayLine {

  private final RelayUrl relay;
  private final LineSettings settings;
  private final LineListener listener;
  private final Link link;
  private final CompletableFuture<RelayLine> ready = new CompletableFuture<>();
  private final LineKeys keys;
  private final OpenRequests requests;
  private final OpenPublishes publishes;
  private final Map<SubscriptionId, Reconciling> reconciliations = new HashMap<>();
  private final Map<SubscriptionId, CompletableFuture<Counted>> counts = new HashMap<>();
  private final Queue<String> waiting = new ArrayDeque<>();
  private long numbered;
  private volatile boolean ended;

  private RelayLine(
      RelayUrl relay,
      LineSettings settings,
      InstantSource clock,
      LineListener listener,
      Link link) {
    this.relay = relay;
    this.settings = settings;
    this.listener = listener;
    this.link = link;
    this.keys = new LineKeys(relay, settings, link, clock, this::say, this::unanswered);
    this.requests = new OpenRequests(keys, listener, this::say);
    this.publishes = new OpenPublishes(keys, settings.publishesMax(), this::say);
  }

  /// Opens a line.
  ///
  /// @return completes when the line can be used and its keys are authenticated, as far as the
  ///   relay asks for them; fails with a [LinkFailure]
  public static CompletionStage<RelayLine> dial(
      Dialer dialer,
      RelayUrl relay,
      LineSettings settings,
      InstantSource clock,
      LineListener listener) {
    CompletableFuture<RelayLine> ready = new CompletableFuture<>();
    Dial dial = new Dial(relay.uri(), Headers.empty(), List.of(), settings.dialTimeout());
    var unused =
        dialer
            .dial(
                dial,
                link -> {
                  RelayLine line = new RelayLine(relay, settings, clock, listener, link);
                  passOn(line.ready, ready);
                  return line.new Handler();
                })
            .whenComplete((link, failure) -> {
              if (failure != null) {
                ready.completeExceptionally(causeOf(failure));
              }
            });
    return ready;
  }

  private static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  private static <T> void passOn(CompletableFuture<T> from, CompletableFuture<T> to) {
    var unused =
        from.whenComplete((value, failure) -> {
          if (failure == null) {
            to.complete(value);
          } else {
            to.completeExceptionally(failure);
          }
        });
  }

  public RelayUrl relay() {
    return relay;
  }

  LineSettings settings() {
    return settings;
  }

  /// Whether it has ended.
  public boolean isEnded() {
    return ended;
  }

  /// Ends it.
  public void close() {
    link.close(CloseCode.NORMAL, "");
  }

  /// Publishes an event.
  ///
  /// @return the relay's answer; fails with a [LinkFailure] when the line ends before it, or too
  ///   many are on their way
  public CompletionStage<RelayAnswer> publish(Event event) {
    CompletableFuture<RelayAnswer> answer = new CompletableFuture<>();
    run(() -> {
      if (ended) {
        answer.completeExceptionally(lost());
      } else {
        publishes.open(event, answer);
      }
    });
    return answer;
  }

  /// Asks for stored events and then for new ones.
  ///
  /// @return ends it
  public Runnable request(List<Filter> filters, RequestListener heard) {
    OpenRequests.Open request = new OpenRequests.Open(filters, heard);
    run(() -> {
      if (ended) {
        heard.lost(lost());
      } else if (isFull()) {
        heard.closed(FULL);
      } else {
        requests.open(nextId(), request);
      }
    });
    return () -> run(() -> requests.end(request));
  }

  /// Asks how many events some filters find (NIP-45).
  ///
  /// @return fails with a [RelayRefusal] when the relay does not count, or not these, or does not
  ///   answer; with a [LinkFailure] when the line ends
  public CompletionStage<Counted> count(List<Filter> filters) {
    CompletableFuture<Counted> counted = new CompletableFuture<>();
    run(() -> {
      if (ended || isFull()) {
        counted.completeExceptionally(ended ? lost() : new RelayRefusal(FULL));
        return;
      }
      SubscriptionId id = nextId();
      counts.put(id, counted);
      say(new ClientMessage.Count(id, filters));
      later(() -> {
        if (counts.remove(id, counted)) {
          counted.completeExceptionally(
              new RelayRefusal("unsupported: the relay does not answer a COUNT"));
        }
      });
    });
    return counted;
  }

  /// Finds out which ids only one side has.
  void reconcile(Filter filter, RecordSet records, ReconcileListener heard) {
    run(() -> {
      if (ended) {
        heard.lost(lost());
      } else if (isFull()) {
        heard.failed(FULL, 0);
      } else {
        Reconciling reconciling = new Reconciling(nextId(), records, heard);
        reconciliations.put(reconciling.id(), reconciling);
        say(reconciling.opening(filter));
        watch(reconciling, reconciling.answers());
      }
    });
  }

  /// Gives a reconciliation up whose relay says nothing any more.
  private void watch(Reconciling reconciling, int answers) {
    later(() -> {
      if (reconciliations.get(reconciling.id()) != reconciling) {
        return;
      }
      if (reconciling.answers() == answers) {
        reconciliations.remove(reconciling.id());
        reconciling.fail("unsupported: the relay does not answer", 0);
      } else {
        watch(reconciling, reconciling.answers());
      }
    });
  }

  private static final String FULL = "error: too many requests on one line";

  private boolean isFull() {
    return requests.size() + reconciliations.size() + counts.size() >= settings.requestsMax();
  }

  private LinkFailure lost() {
    return LinkFailure.unreachable("the line to " + relay + " is lost", null);
  }

  private SubscriptionId nextId() {
    numbered++;
    return new SubscriptionId("a" + numbered);
  }

  // The way out.

  private void run(Runnable task) {
    link.execute(() -> {
      task.run();
      link.outbox().flush();
    });
  }

  private void later(Runnable task) {
    var unused =
        link.schedule(
            Duration.ofMillis(settings.answerMillis()),
            () -> {
              task.run();
              link.outbox().flush();
            });
  }

  private void say(ClientMessage message) {
    if (ended) {
      return;
    }
    if (waiting.isEmpty() && link.outbox().writable()) {
      link.outbox().send(Frame.text(message.json()));
    } else {
      waiting.add(message.json());
    }
  }

  private void drain() {
    while (!waiting.isEmpty() && link.outbox().writable()) {
      link.outbox().send(Frame.text(waiting.remove()));
    }
    link.outbox().flush();
  }

  // What the relay says.

  /// The link's side of the line.
  private final class Handler implements LinkHandler {

    @Override
    public void opened() {
      if (settings.keys().isEmpty()) {
        ready.complete(RelayLine.this);
      } else {
        var unused =
            link.schedule(
                Duration.ofMillis(settings.challengeMillis()), RelayLine.this::beReadyWhenKnown);
      }
    }

    @Override
    public void text(String message) {
      switch (RelayMessage.parse(message.getBytes(StandardCharsets.UTF_8), settings.message())) {
        case Parsed.Value<RelayMessage>(RelayMessage understood) -> heard(understood);
        case Parsed.Malformed<RelayMessage>(String detail) -> listener.dropped(detail);
      }
    }

    @Override
    public void binary(byte[] message) {
      listener.dropped("a binary message");
    }

    @Override
    public void writable() {
      drain();
    }

    @Override
    public void closed(int code, String reason) {
      lineClosed(code, reason);
    }
  }

  private void beReadyWhenKnown() {
    if (!keys.isUnderWay()) {
      ready.complete(this);
    }
  }

  private void heard(RelayMessage message) {
    switch (message) {
      case Delivery(SubscriptionId id, Event event) -> requests.delivered(id, event);
      case EndOfStored(SubscriptionId id, RelayMessage.Extent extent) ->
          requests.stored(id, extent);
      case Closed(SubscriptionId id, String reason) -> closed(id, reason);
      case Ok ok when keys.answered(ok) -> authenticated(ok);
      case Ok ok -> publishes.answered(ok);
      case RelayMessage.NoEvent(String ignored, String reason) -> noticed(reason);
      case Notice(String text) -> noticed(text);
      case Challenge(String challenge) -> {
        keys.challenged(challenge);
        beReadyWhenKnown();
      }
      case Counted counted -> {
        CompletableFuture<Counted> asked = counts.remove(counted.query());
        if (asked != null) {
          asked.complete(counted);
        }
      }
      case ReconcileNext(SubscriptionId id, String digits) -> reconciled(id, digits);
      case ReconcileError(SubscriptionId id, String reason, long recordsMax) -> {
        Reconciling reconciling = reconciliations.remove(id);
        if (reconciling != null) {
          reconciling.fail(reason, recordsMax);
        }
      }
    }
  }

  private void authenticated(Ok ok) {
    if (!ok.isAccepted()) {
      listener.notAuthenticated(ok.reason());
    }
    goOnWhenKnown();
  }

  /// The relay asked who we are and does not care for the answer.
  private void unanswered() {
    listener.notAuthenticated("the relay does not answer an AUTH");
    goOnWhenKnown();
    link.outbox().flush();
  }

  private void goOnWhenKnown() {
    if (!keys.isUnderWay()) {
      ready.complete(this);
      requests.repeat();
      publishes.repeat();
    }
  }

  private void closed(SubscriptionId id, String reason) {
    CompletableFuture<Counted> count = counts.remove(id);
    if (count != null) {
      count.completeExceptionally(new RelayRefusal(reason));
    }
    requests.closed(id, reason);
  }

  private void reconciled(SubscriptionId id, String digits) {
    Reconciling reconciling = reconciliations.get(id);
    if (reconciling == null) {
      return;
    }
    ClientMessage next = reconciling.answered(digits);
    say(next);
    if (next instanceof ClientMessage.ReconcileClose) {
      reconciliations.remove(id);
      reconciling.end();
    }
  }

  /// A relay that knows no reconciliation says so in a notice, which names nothing.
  private void noticed(String text) {
    listener.notice(text);
    List<Reconciling> unanswered =
        reconciliations.values().stream().filter(each -> each.answers() == 0).toList();
    for (Reconciling each : unanswered) {
      reconciliations.remove(each.id());
      each.fail("unsupported: " + text, 0);
    }
  }

  private void lineClosed(int code, String reason) {
    ended = true;
    waiting.clear();
    LinkFailure lost =
        LinkFailure.unreachable(
            "the line to %s is lost (%d%s)"
                .formatted(relay, code, reason.isEmpty() ? "" : " " + reason),
            null);
    ready.completeExceptionally(lost);
    publishes.lost(lost);
    requests.lost(lost);
    counts.values().forEach(each -> each.completeExceptionally(lost));
    counts.clear();
    List<Reconciling> half = new ArrayList<>(reconciliations.values());
    reconciliations.clear();
    half.forEach(each -> each.lost(lost));
    listener.closed(code, reason);
  }
}
