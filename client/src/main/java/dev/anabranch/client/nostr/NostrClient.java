package dev.anabranch.client.nostr;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.OwnDialer;
import dev.anabranch.client.QueueFull;
import dev.anabranch.client.nostr.cache.Arrival;
import dev.anabranch.client.nostr.cache.EventCache;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.session.UserCode;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.FilterIndex;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.nostr.wrap.DirectMessage;
import dev.anabranch.nostr.wrap.GiftWrap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Nostr client that goes on offline: events of some relays in a local copy, and a queue on disk
/// for what is published.
///
/// ```java
/// SecretKey key = SecretKey.generate(new SecureRandom());
/// NostrSettings settings = NostrSettings.of("wss://relay.example").withKeys(key);
/// try (NostrClient client = NostrClient.open(settings, Path.of("nostr.db"))) {
///   client.subscribe(Filter.ANY.withKinds(Set.of(1)).withLimit(50), System.out::println);
///   client.publish(1, "Hello");
/// }
/// ```
///
/// Every event that comes is verified. A subscription is told each event once, whichever relays
/// have it and however often their lines break: first those of the local copy, then what comes. A
/// relay that comes back is asked for what was missed, by reconciliation (NIP-77) where it knows
/// that.
///
/// Safe to use from many threads; listeners are called on the client's own.
public final class NostrClient implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NostrClient.class);

  /// The most events of the local copy that one question or subscription is shown.
  private static final int SHOWN_MAX = 100_000;

  /// Ephemeral events that are remembered so that none is told twice.
  private static final int RECENT_MAX = 4_096;

  private static final int CATCH_UPS = 2;

  private final NostrSettings settings;
  private final EventCache cache;
  private final ClientThreads threads;
  private final OwnDialer dialer;
  private final NostrLoop loop;
  private final ExecutorService catchUps;
  private final List<RelayKeeper> keepers = new ArrayList<>();
  private final List<String> relayNames;
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();
  private final FilterIndex<Subscription> index = new FilterIndex<>();
  private final Map<EventId, Publication> publications = new ConcurrentHashMap<>();
  private final Set<EventId> recent = new LinkedHashSet<>();
  private final Map<EventId, Integer> unshown = new ConcurrentHashMap<>(); // under way to the loop
  private final Map<EventId, Set<Subscription>> shownEarly = new HashMap<>(); // some of them
  private final List<CompletableFuture<Boolean>> emptied = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final CompletableFuture<List<RelayStatus>> over = new CompletableFuture<>();

  private NostrClient(
      NostrSettings settings, EventCache cache, OwnDialer dialer, ClientThreads threads) {
    this.settings = settings;
    this.cache = cache;
    this.threads = threads;
    this.dialer = dialer;
    this.relayNames = settings.relays().stream().map(RelayUrl::text).toList();
    this.loop =
        new NostrLoop(
            cache, threads.stopwatchMillis(), work -> threads.thread("anabranch-nostr", work));
    this.catchUps = threads.pool("anabranch-nostr-catch-up", CATCH_UPS);
    RelayKeeper.Surroundings here =
        new RelayKeeper.Surroundings(
            settings, cache, loop, dialer, threads.clock(), threads.random(), catchUps);
    settings
        .relays()
        .forEach(relay -> keepers.add(new RelayKeeper(relay, here, subscriptions, new Told())));
  }

  /// Opens a client on a local copy and goes online.
  ///
  /// @param file the local copy; made when it is not there
  /// @throws dev.anabranch.client.replica.ReplicaFailure when it cannot be had, or is open already
  /// @throws dev.anabranch.transport.TransportFailure when the certificates to trust cannot be used
  public static NostrClient open(NostrSettings settings, Path file) {
    return open(settings, () -> EventCache.open(file, settings.eventsMax()));
  }

  /// Opens a client whose local copy and queue are gone when it is closed.
  public static NostrClient inMemory(NostrSettings settings) {
    return open(settings, () -> EventCache.inMemory(settings.eventsMax()));
  }

  private static NostrClient open(NostrSettings settings, Supplier<EventCache> copy) {
    OwnDialer dialer = OwnDialer.over(settings.certificates()); // first: the copy takes a lock
    EventCache cache = dialer.closedUnless(copy);
    NostrClient client = new NostrClient(settings, cache, dialer, ClientThreads.ofTheSystem());
    client.loop.start(client::stepped, client::ended);
    client.loop.tell(() -> client.keepers.forEach(RelayKeeper::dial));
    return client;
  }

  // Publishing.

  /// Publishes an event of the first key, made now.
  ///
  /// @throws IllegalStateException when the client has no key
  /// @throws QueueFull when too much waits for an answer
  public Publication publish(int kind, String content, Tag... tags) {
    SecretKey key = key();
    UnsignedEvent event =
        new UnsignedEvent(key.publicKey(), nowSeconds(), kind, List.of(tags), content);
    return publish(event.sign(key));
  }

  private SecretKey key() {
    List<SecretKey> keys = settings.line().keys();
    if (keys.isEmpty()) {
      throw new IllegalStateException("the client has no key to sign with; withKeys gives it one");
    }
    return keys.getFirst();
  }

  /// Publishes a signed event: it is on disk when this returns, shown to subscriptions at once, and
  /// sent to every relay, after a restart too, until each has answered.
  ///
  /// @throws IllegalArgumentException when it is not signed by its author
  /// @throws QueueFull when too much waits for an answer
  public Publication publish(Event event) {
    return publish(event, settings.relays());
  }

  private Publication publish(Event event, List<RelayUrl> relays) {
    List<String> names = relays.stream().map(RelayUrl::text).toList();
    if (!(Verification.of(event) instanceof Verification.Verified(VerifiedEvent verified))) {
      throw new IllegalArgumentException("event " + event.id() + " is not signed by its author");
    }
    if (cache.waiting(names) >= settings.queueMax()) {
      throw new QueueFull(settings.queueMax());
    }
    Publication publication =
        publications.compute(
            event.id(),
            (id, known) ->
                known == null || known.isAnswered() ? new Publication(event, relays) : known);
    unshown.merge(event.id(), 1, Integer::sum);
    Arrival arrival;
    try {
      arrival = cache.queue(verified, names, nowSeconds());
    } catch (RuntimeException failure) {
      loop.tell(() -> published(event, Arrival.KNOWN));
      throw failure;
    }
    loop.tell(() -> {
      published(event, arrival);
      keepers.forEach(RelayKeeper::pump);
    });
    return publication;
  }

  /// Shows an event of our own, unless the local copy had it; a subscription that was made since
  /// and found it there is not told again. On the loop.
  private void published(Event event, Arrival arrival) {
    Integer others =
        unshown.computeIfPresent(event.id(), (id, count) -> count == 1 ? null : count - 1);
    boolean isNew = arrival == Arrival.NEW;
    Set<Subscription> early = isNew || others == null ? shownEarly.remove(event.id()) : null;
    if (isNew) {
      show(event, early == null ? Set.of() : early);
    }
  }

  /// Sends a private message (NIP-17): one gift wrap for each reader, to those of the client's
  /// relays at which the reader takes private messages, and one for ourselves. Where that is says
  /// the reader's event of kind 10050, which must be in the local copy: [#fetch] it first. Ours
  /// goes where our own says, and to all of the client's relays when there is none.
  ///
  /// @throws IllegalStateException when it is not known of a reader where that is, or none of these
  ///   is a relay of this client; nothing is sent to anybody then
  public List<Publication> sendDirectMessage(List<PublicKey> readers, String text) {
    PublicKey self = key().publicKey();
    Map<PublicKey, List<RelayUrl>> places = new HashMap<>();
    readers.forEach(reader ->
        places.put(
            reader,
            messageRelays(reader)
                .orElseThrow(() ->
                    new IllegalStateException(
                        "nobody says at which relays "
                            + reader
                            + " takes private messages; fetch their event"
                            + " of kind 10050, or name relays"))));
    places.forEach((reader, relays) -> {
      if (relays.isEmpty()) {
        throw new IllegalStateException(
            "no relay of this client is one at which " + reader + " takes private messages");
      }
    });
    List<RelayUrl> own =
        messageRelays(self).filter(relays -> !relays.isEmpty()).orElse(settings.relays());
    return sendDirectMessage(
        readers,
        text,
        reader -> reader.equals(self) ? own : Objects.requireNonNull(places.get(reader)));
  }

  /// Sends a private message (NIP-17) through relays that the caller names, whatever its readers
  /// say: for those who were told in another way where to.
  ///
  /// @param relays some of the client's
  /// @throws IllegalArgumentException when there is none, or one is not a relay of this client
  public List<Publication> sendDirectMessage(
      List<PublicKey> readers, String text, List<RelayUrl> relays) {
    if (relays.isEmpty() || !settings.relays().containsAll(relays)) {
      throw new IllegalArgumentException(relays + " are not relays of this client");
    }
    return sendDirectMessage(readers, text, ignored -> relays);
  }

  private List<Publication> sendDirectMessage(
      List<PublicKey> readers, String text, Function<PublicKey, List<RelayUrl>> places) {
    SecretKey key = key();
    UnsignedEvent rumour = DirectMessage.rumour(key.publicKey(), readers, text, null, nowSeconds());
    return DirectMessage.wraps(rumour, key, nowSeconds(), threads.random()).stream()
        .map(wrap -> publish(wrap, places.apply(PublicKey.parse(wrap.tagValues("p").getFirst()))))
        .toList();
  }

  /// Those of the client's relays at which somebody takes private messages; empty = nobody says.
  private Optional<List<RelayUrl>> messageRelays(PublicKey reader) {
    Filter list =
        Filter.ANY.withKinds(Set.of(Kinds.MESSAGE_RELAYS)).withAuthors(Set.of(reader)).withLimit(1);
    return find(list).stream()
        .findFirst()
        .map(event ->
            settings.relays().stream()
                .filter(
                    relay -> event.tagValues("relay").stream().anyMatch(text -> isAt(relay, text)))
                .toList());
  }

  private static boolean isAt(RelayUrl relay, String text) {
    try {
      return RelayUrl.of(text).equals(relay);
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
  }

  /// What is in a gift wrap (NIP-59) that one of the client's keys can open.
  public Optional<UnsignedEvent> openGiftWrap(Event wrap) {
    for (SecretKey key : settings.line().keys()) {
      if (wrap.kind() == Kinds.GIFT_WRAP
          && Verification.of(wrap) instanceof Verification.Verified(VerifiedEvent verified)
          && GiftWrap.open(verified, key)
              instanceof Parsed.Value<UnsignedEvent>(UnsignedEvent rumour)) {
        return Optional.of(rumour);
      }
    }
    return Optional.empty();
  }

  // Reading.

  /// Follows some filters: what the local copy has, then what the relays have, then what is new.
  ///
  /// @throws IllegalStateException when there are too many subscriptions
  public Subscription subscribe(List<Filter> filters, NostrListener listener) {
    return subscribe(filters, Shows.KEPT, listener);
  }

  /// Follows a filter.
  public Subscription subscribe(Filter filter, NostrListener listener) {
    return subscribe(List.of(filter), listener);
  }

  /// Follows some filters, and is told only what the local copy has not yet, over restarts on the
  /// same file: an event counts as told when the listener has returned. One that was not told, or
  /// of which it is not known because the process ended, comes first next time.
  public Subscription follow(List<Filter> filters, NostrListener listener) {
    return subscribe(filters, Shows.OWED, listener);
  }

  /// What a subscription shows of the local copy.
  private enum Shows {
    KEPT,
    OWED,
    NOTHING
  }

  private Subscription subscribe(List<Filter> filters, Shows shows, NostrListener listener) {
    if (over.isDone()) {
      throw new ReplicaFailure("the client is closed");
    }
    Subscription subscription = new Subscription(filters, listener, shows == Shows.OWED, this::end);
    if (open.incrementAndGet() > settings.subscriptionsMax()) {
      int unused = open.decrementAndGet();
      throw new IllegalStateException(
          "there are " + settings.subscriptionsMax() + " subscriptions; close some");
    }
    loop.tell(() -> {
      subscriptions.add(subscription);
      index.put(subscription, subscription.filters());
      List<Event> first =
          switch (shows) {
            case KEPT -> cache.find(subscription.filters(), SHOWN_MAX, nowSeconds());
            case OWED -> cache.untold(subscription.name());
            case NOTHING -> List.of();
          };
      for (Event event : first) {
        if (unshown.containsKey(event.id())) {
          shownEarly.computeIfAbsent(event.id(), id -> new HashSet<>()).add(subscription);
        }
        loop.afterwards(() -> tell(subscription, event));
      }
      keepers.forEach(keeper -> keeper.open(subscription));
    });
    return subscription;
  }

  private void end(Subscription subscription) {
    loop.tell(() -> {
      if (subscriptions.remove(subscription)) {
        int unused = open.decrementAndGet();
        index.remove(subscription);
        keepers.forEach(keeper -> keeper.end(subscription));
      }
    });
  }

  /// What the local copy has, the newest first; offline too.
  public List<Event> find(Filter... filters) {
    return cache.find(List.of(filters), SHOWN_MAX, nowSeconds());
  }

  /// Asks the relays that are online and answers from the local copy when they have, or the time is
  /// over. Not for listeners.
  ///
  /// @throws InterruptedException when this thread is to stop
  public List<Event> fetch(List<Filter> filters, Duration atMost) throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(keepers.size());
    NostrListener waiting =
        new NostrListener() {
          @Override
          public void event(Event event) {}

          @Override
          public void caughtUp(RelayUrl relay) {
            answered.countDown();
          }

          @Override
          public void refused(RelayUrl relay, String reason) {
            answered.countDown();
          }
        };
    try (Subscription asked = subscribe(filters, Shows.NOTHING, waiting)) {
      boolean unused = answered.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return cache.find(asked.filters(), SHOWN_MAX, nowSeconds());
    }
  }

  // How things stand.

  /// How the client stands with each relay; of a client that is closed, how it stood at its end.
  public List<RelayStatus> status() {
    try {
      return over.isDone() ? over.join() : keepers.stream().map(RelayKeeper::status).toList();
    } catch (ReplicaFailure failure) { // it was closed meanwhile, or its copy is broken
      if (over.isDone()) {
        return over.join();
      }
      throw failure;
    }
  }

  /// Events that at least one relay has not answered.
  public int queued() {
    return cache.waiting(relayNames);
  }

  /// Waits until every relay has answered everything, or the time is over. Not for listeners.
  ///
  /// @return whether it is so; false at once when the client is closed
  /// @throws InterruptedException when this thread is to stop
  public boolean awaitPublished(Duration atMost) throws InterruptedException {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.tell(() -> emptied.add(done));
    try {
      var unused =
          CompletableFuture.anyOf(done, over).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return done.getNow(false);
    } catch (TimeoutException notInTime) {
      done.complete(false);
      return false;
    } catch (ExecutionException never) {
      throw new IllegalStateException("waiting does not fail", never);
    }
  }

  /// Closes the lines and the local copy; what is queued goes out with the next client on the file.
  /// When it returns, the file is free, also on a thread that is interrupted; but a listener that
  /// closes its client is told nothing more, and the file is free soon after.
  @Override
  public void close() {
    loop.close();
  }

  private long nowSeconds() {
    return threads.clock().millis() / 1_000;
  }

  // On the loop.

  /// What keepers tell.
  private final class Told implements RelayKeeper.Owner {

    @Override
    public void came(VerifiedEvent event) {
      if (cache.add(event, nowSeconds()) == Arrival.NEW && isFresh(event.event())) {
        show(event.event(), Set.of());
      }
    }

    @Override
    public void answered(RelayUrl relay, EventId id, RelayAnswer answer) {
      Publication publication = publications.get(id);
      if (publication != null) {
        publication.answered(relay, answer);
        if (publication.isAnswered()) {
          publications.remove(id, publication);
        }
      }
    }
  }

  private boolean isFresh(Event event) {
    if (event.kindClass() != KindClass.EPHEMERAL) {
      return true;
    }
    if (recent.size() >= RECENT_MAX) {
      recent.remove(recent.iterator().next());
    }
    return recent.add(event.id());
  }

  /// @param early who was shown it already
  private void show(Event event, Set<Subscription> early) {
    boolean isKept = event.kindClass() != KindClass.EPHEMERAL;
    index.forEachMatch(
        event,
        subscription -> {
          if (early.contains(subscription)) {
            return;
          }
          if (isKept && subscription.isOwed()) {
            cache.owe(subscription.name(), event.id());
          }
          loop.afterwards(() -> tell(subscription, event));
        });
  }

  private void tell(Subscription subscription, Event event) {
    if (subscription.isClosed()) {
      return;
    }
    try {
      subscription.listener().event(event);
    } catch (RuntimeException | Error thrown) {
      UserCode.rethrowIfFatal(thrown);
      if (!subscription.isClosed()) {
        throw thrown;
      }
      LOG.debug("a listener that ended did not take {}", event.id(), thrown);
      return;
    }
    if (subscription.isOwed()) {
      loop.tell(() -> cache.told(subscription.name(), event.id()));
    }
  }

  private void stepped() {
    if (!emptied.isEmpty()) {
      emptied.removeIf(CompletableFuture::isDone);
      if (cache.waiting(relayNames) == 0) {
        emptied.forEach(waiting -> waiting.complete(true));
        emptied.clear();
      }
    }
  }

  private void ended() {
    try {
      keepers.forEach(RelayKeeper::close);
    } catch (ReplicaFailure broken) {
      LOG.debug("how far the relays were heard is not noted", broken);
    }
    catchUps.shutdownNow();
    dialer.close();
    List<RelayStatus> last = keepers.stream().map(RelayKeeper::lastStatus).toList();
    try {
      cache.close();
    } finally {
      over.complete(last);
    }
  }
}
