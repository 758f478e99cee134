package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Peer;
import dev.anabranch.link.limit.AddressNetwork;
import dev.anabranch.link.limit.Gcra;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.ClientMessage.Authenticate;
import dev.anabranch.nostr.message.ClientMessage.Close;
import dev.anabranch.nostr.message.ClientMessage.Count;
import dev.anabranch.nostr.message.ClientMessage.Publish;
import dev.anabranch.nostr.message.ClientMessage.ReconcileClose;
import dev.anabranch.nostr.message.ClientMessage.ReconcileNext;
import dev.anabranch.nostr.message.ClientMessage.ReconcileOpen;
import dev.anabranch.nostr.message.ClientMessage.Request;
import dev.anabranch.nostr.message.ClientText;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.RelayMessage.Closed;
import dev.anabranch.nostr.message.RelayMessage.NoEvent;
import dev.anabranch.nostr.message.RelayMessage.Notice;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import dev.anabranch.nostr.message.SubscriptionId;
import dev.anabranch.nostr.rule.Deletion;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One client's connection: its subscriptions, and the keys that it has authenticated.
///
/// Events are parsed and verified off this thread, many at a time, and committed from there; only
/// their OK comes back here.
final class NostrSession {

  private static final String EVENT = "[\"EVENT\"";

  /// One connection may take so great a part of the room for events that wait.
  private static final int WAITING_SHARE = 4;

  /// The most messages that wait behind an authentication.
  private static final int HELD_MAX = 64;

  private final NostrGateway.Surroundings here;
  private final NostrLink link;
  private final Peer peer;
  private final AddressNetwork network;
  private final Set<String> hosts;
  private final String challenge;
  // Small at first: there are many sessions, most ask once and listen.
  private final Map<SubscriptionId, NostrSubscription> subscriptions = HashMap.newHashMap(1);
  private final CatchUpTurns turns;
  private final Counts counts;
  private final Reconciliations reconciliations;
  private Gcra frames;
  private Gcra events;
  private Gcra requests;
  private NostrLimits rated;
  private final Deque<String> held = new ArrayDeque<>(0);
  private final Set<PublicKey> entered = new HashSet<>();
  private final Runnable keysChanged = this::keysChanged;
  private volatile Viewer viewer = new Viewer(Set.of(), Set.of());
  private Map<PublicKey, Identity> identities = Map.of();
  private boolean authenticating;
  private int waitingEvents;
  private long waitingBytes;

  /// A session.
  ///
  /// @param hosts the names by which the client may know this relay
  /// @param challenge what an authentication must repeat
  NostrSession(
      NostrGateway.Surroundings here,
      NostrLink link,
      Peer peer,
      Set<String> hosts,
      String challenge) {
    this.here = here;
    this.link = link;
    this.peer = peer;
    this.network = AddressNetwork.of(peer.address());
    this.hosts = Set.copyOf(hosts);
    this.challenge = challenge;
    this.turns = new CatchUpTurns(link);
    this.counts = new Counts(here, link, () -> viewer);
    this.reconciliations = new Reconciliations(here, link);
    this.rated = limits();
    long now = here.seams().nanos().getAsLong();
    this.frames = new Gcra(rated.frames(), now);
    this.events = new Gcra(rated.connection(), now);
    this.requests = new Gcra(rated.requests(), now);
  }

  /// Rates that were changed begin anew.
  private void rate() {
    NostrLimits before = rated;
    rated = limits();
    long now = here.seams().nanos().getAsLong();
    frames = again(frames, before.frames(), rated.frames(), now);
    events = again(events, before.connection(), rated.connection(), now);
    requests = again(requests, before.requests(), rated.requests(), now);
  }

  private static Gcra again(Gcra kept, Rate before, Rate rate, long now) {
    return before.equals(rate) ? kept : new Gcra(rate, now);
  }

  private NostrLimits limits() {
    return here.policy().limits();
  }

  void begin() {
    link.send(new RelayMessage.Challenge(challenge));
  }

  /// Takes one message; behind an authentication it waits, for what it may do depends on it.
  void receive(String text) {
    if (isBlocked() || isFlooding()) {
      return;
    }
    if (!authenticating) {
      take(text);
    } else if (held.size() < HELD_MAX) {
      held.add(text);
    } else {
      answerUnread(text, "more messages wait than this connection may have");
    }
  }

  private void take(String text) {
    if (text.startsWith(EVENT)) {
      publish(text);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    switch (ClientMessage.read(utf8, limits().message())) {
      case ClientText.Understood(ClientMessage message) -> handle(message, text);
      case ClientText.WrongEvent(String id, String detail) ->
          refuse(id, new Refusal(NostrFault.MALFORMED, detail));
      case ClientText.WrongRequest(SubscriptionId id, String detail) ->
          refuse(id, new Refusal(NostrFault.MALFORMED, detail));
      case ClientText.UnsupportedRequest(SubscriptionId id, String detail) ->
          refuse(id, new Refusal(NostrFault.UNSUPPORTED, detail));
      case ClientText.WrongReconciliation(SubscriptionId id, String detail) ->
          reconciliations.refuse(id, new Refusal(NostrFault.MALFORMED, detail));
      case ClientText.Wrong(String detail) -> notice(new Refusal(NostrFault.MALFORMED, detail));
    }
  }

  /// A connection that says more than anybody who reads the answers does is closed: its messages
  /// are not even read.
  private boolean isFlooding() {
    if (frames.ask(1, here.seams().nanos().getAsLong()) == 0) {
      return false;
    }
    String why = "more messages than a connection may send";
    notice(new Refusal(NostrFault.RATE_LIMITED, why));
    link.close(CloseCode.POLICY, why);
    return true;
  }

  private boolean isBlocked() {
    Optional<Refusal> no = here.policy().refusesAddress(peer.address());
    no.ifPresent(refusal -> {
      notice(refusal);
      link.close(CloseCode.POLICY, refusal.reason());
    });
    return no.isPresent();
  }

  /// Ends what is no longer allowed.
  void accessChanged() {
    rate();
    if (isBlocked()) {
      return;
    }
    Map<PublicKey, Identity> standing = new HashMap<>(identities);
    standing.keySet().removeAll(here.policy().access().banned());
    are(standing);
    for (NostrSubscription subscription : List.copyOf(subscriptions.values())) {
      here.policy()
          .refusesToRead(subscription.filters(), viewer.keys())
          .ifPresent(refusal -> {
            unsubscribe(subscription.id());
            refuse(subscription.id(), refusal);
          });
    }
  }

  private void handle(ClientMessage message, String text) {
    here.observer().received(message.getClass().getSimpleName());
    switch (message) {
      case Publish ignored -> publish(text); // with blanks where nobody else puts them
      case Request(SubscriptionId id, List<Filter> filters) -> subscribe(id, filters);
      case Close(SubscriptionId id) -> unsubscribe(id);
      case Count(SubscriptionId id, List<Filter> filters) -> count(id, filters);
      case Authenticate(Event event) -> authenticate(event);
      case ReconcileOpen(SubscriptionId id, Filter filter, String first) ->
          reconcile(id, filter, first);
      case ReconcileNext(SubscriptionId id, String next) -> reconcile(id, next);
      case ReconcileClose(SubscriptionId id) -> reconciliations.close(id);
    }
  }

  /// The outbox has room again.
  void writable() {
    List.copyOf(subscriptions.values()).forEach(NostrSubscription::writable);
  }

  /// The client is gone. What it published goes to the disk all the same.
  void end() {
    subscriptions.values().forEach(NostrSubscription::end);
    subscriptions.clear();
    reconciliations.end();
    counts.end();
    held.clear();
    entered.forEach(key -> here.openKeys().leave(key, keysChanged));
    entered.clear();
  }

  /// From any thread.
  private void keysChanged() {
    link.post(() -> {
      String why = "what was known of a key of this connection no longer holds; connect again";
      notice(new Refusal(NostrFault.RESTRICTED, why));
      link.close(CloseCode.POLICY, why);
    });
  }

  /// Who is here now: keys and whose they are.
  private void are(Map<PublicKey, Identity> known) {
    identities = Map.copyOf(known);
    viewer = new Viewer(identities.keySet(), Set.copyOf(identities.values()));
  }

  // Publishing.

  private void publish(String text) {
    if (waitingEvents >= limits().waitingEventsMax()) {
      answerUnread(text, "more events wait than this connection may have");
      return;
    }
    if (signsTooFast()) {
      answerUnread(text, "slow down");
      return;
    }
    long bytes = (long) Character.BYTES * text.length();
    if (!takesRoom(bytes)) {
      answerUnread(text, "more events wait than the relay has room for");
      return;
    }
    waitingEvents++;
    waitingBytes += bytes;
    CompletableFuture.completedStage(text)
        .thenApplyAsync(this::published, here.seams().verifiers())
        .thenCompose(answer -> answer)
        .whenComplete((said, failure) -> {
          here.waiting().giveBack(bytes); // also when nobody is there to hear the answer
          link.post(() -> {
            waitingBytes -= bytes;
            answer(said, failure);
          });
        });
  }

  /// One connection leaves room for the others, but one event it may always have.
  private boolean takesRoom(long bytes) {
    boolean isFair =
        waitingBytes == 0 || waitingBytes + bytes <= limits().waitingBytesMax() / WAITING_SHARE;
    return isFair && here.waiting().take(bytes);
  }

  private boolean signsTooFast() {
    long now = here.seams().nanos().getAsLong();
    return events.ask(1, now) > 0 || here.addresses().ask(network, 1, now) > 0;
  }

  private void answer(@Nullable RelayMessage said, @Nullable Throwable failure) {
    waitingEvents--;
    if (said != null) {
      link.send(said);
    } else if (failure != null) {
      link.broke(NostrLink.causeOf(failure));
    }
  }

  /// On a verifier's thread.
  private CompletionStage<RelayMessage> published(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return switch (ClientMessage.read(utf8, limits().message())) {
      case ClientText.Understood(Publish(Event event)) -> verified(event, text);
      case ClientText.Understood ignored ->
          said(new Notice(NostrFault.MALFORMED.reason("not an event")));
      case ClientText.WrongEvent(String id, String detail) -> {
        here.observer().refused(NostrFault.MALFORMED);
        yield said(new NoEvent(id, NostrFault.MALFORMED.reason(detail)));
      }
      case ClientText.WrongRequest ignored -> said(new Notice("invalid: not an event"));
      case ClientText.UnsupportedRequest ignored -> said(new Notice("invalid: not an event"));
      case ClientText.WrongReconciliation ignored -> said(new Notice("invalid: not an event"));
      case ClientText.Wrong(String detail) -> {
        here.observer().refused(NostrFault.MALFORMED);
        yield said(new Notice(NostrFault.MALFORMED.reason(detail)));
      }
    };
  }

  private CompletionStage<RelayMessage> verified(Event event, String text) {
    here.observer().received("Publish");
    int price = price(event);
    Optional<Refusal> no =
        unverified(event)
            .or(() ->
                writesTooFast(event, price)
                    ? Optional.of(new Refusal(NostrFault.RATE_LIMITED, "slow down"))
                    : Optional.empty());
    if (no.isPresent()) {
      here.observer().refused(no.get().fault());
      return said(Published.refused(event.id(), no.get()).ok());
    }
    // Behind the label there is one object: from its brace to its brace stands the event as it
    // came.
    String json = text.substring(text.indexOf('{'), text.lastIndexOf('}') + 1);
    return here.publisher()
        .publish(
            event,
            Bytes.of(json.getBytes(StandardCharsets.UTF_8)),
            new Sender(peer.address(), viewer.keys(), hosts))
        .thenApply(published -> {
          if (published.refusal() == null) {
            here.observer().stored();
          } else {
            here.observer().refused(published.refusal().fault());
          }
          if (!published.isNew()) { // anybody can say again what an author said
            here.authors().giveBack(event.author(), price);
          }
          return published.ok();
        });
  }

  /// The author's rate is asked last: what the sender's address has no rate for costs the author
  /// nothing.
  private boolean writesTooFast(Event event, int price) {
    long now = here.seams().nanos().getAsLong();
    int named = named(event);
    return (named > 0 && here.addresses().ask(network, named, now) > 0)
        || (price > 0 && here.authors().ask(event.author(), price, now) > 0);
  }

  /// What an event that is new here costs its author. What a deletion names counts as well, for
  /// each stays barred for ever. An ephemeral one costs those who say it themselves: nobody can
  /// tell whether another says it for the first time.
  private int price(Event event) {
    boolean isAnothers =
        event.kindClass() == KindClass.EPHEMERAL && !viewer.keys().contains(event.author());
    return isAnothers ? 0 : 1 + named(event);
  }

  private static int named(Event event) {
    return Deletion.of(event).map(it -> it.ids().size() + it.addresses().size()).orElse(0);
  }

  private static Optional<Refusal> unverified(Event event) {
    return switch (Verification.of(event)) {
      case Verification.Verified ignored -> Optional.empty();
      case Verification.WrongId ignored ->
          Optional.of(new Refusal(NostrFault.UNVERIFIED, "the id is not the event's hash"));
      case Verification.WrongSignature ignored ->
          Optional.of(
              new Refusal(NostrFault.UNVERIFIED, "the signature is not the author's of the id"));
    };
  }

  private static CompletionStage<RelayMessage> said(RelayMessage message) {
    return CompletableFuture.completedFuture(message);
  }

  /// Says no to an event that nobody looks at closely: only its id is read.
  private void answerUnread(String text, String detail) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    Refusal slower = new Refusal(NostrFault.RATE_LIMITED, detail);
    switch (ClientMessage.read(utf8, limits().message())) {
      case ClientText.Understood(Publish(Event event)) -> refuse(event.id(), slower);
      case ClientText.WrongEvent(String id, String ignored) -> refuse(id, slower);
      default -> notice(slower);
    }
  }

  // Who speaks (NIP-42).

  private void authenticate(Event event) {
    Optional<Refusal> no =
        signsTooFast()
            ? Optional.of(new Refusal(NostrFault.RATE_LIMITED, "slow down"))
            : here.policy()
                .refusesKey(event, challenge, hosts, here.nowSeconds())
                .or(() -> oneKeyTooMany(event.author()));
    if (no.isPresent()) {
      refuse(event.id(), no.get());
      return;
    }
    authenticating = true;
    link.then(
        CompletableFuture.supplyAsync(() -> unverified(event), here.seams().verifiers()),
        wrong ->
            wrong.ifPresentOrElse(
                refusal -> {
                  refuse(event.id(), refusal);
                  goOn();
                },
                () -> identify(event)),
        this::goOn);
  }

  private Optional<Refusal> oneKeyTooMany(PublicKey key) {
    return entered.size() >= limits().keysMax() && !entered.contains(key)
        ? Optional.of(new Refusal(NostrFault.TOO_MANY, "too many keys"))
        : Optional.empty();
  }

  private void identify(Event event) {
    entered.add(event.author());
    here.openKeys().enter(event.author(), keysChanged); // a change from now on is heard
    link.then(
        here.identities().of(event.author()),
        answer -> {
          identified(event, answer);
          goOn();
        },
        () -> {
          refuse(
              event.id(),
              new Refusal(NostrFault.UNAVAILABLE, "the relay's database is away; try again"));
          goOn();
        });
  }

  private void identified(Event event, Answer<Identity> answer) {
    if (here.policy().access().banned().contains(event.author())) {
      // since the authentication was looked at
      refuse(event.id(), new Refusal(NostrFault.RESTRICTED, "this key is banned here"));
      return;
    }
    switch (answer) {
      case Answer.Given<Identity>(Identity identity) -> {
        Map<PublicKey, Identity> more = new HashMap<>(identities);
        more.put(event.author(), identity);
        are(more);
        link.send(new Ok(event.id(), true, ""));
      }
      case Answer.Refused<Identity>(Fault fault) -> {
        refuse(event.id(), new Refusal(NostrFault.RESTRICTED, fault.detail()));
      }
    }
  }

  private void goOn() {
    authenticating = false;
    while (!authenticating && !held.isEmpty() && !link.ended()) {
      take(held.remove());
    }
  }

  // Subscribing.

  private void subscribe(SubscriptionId id, List<Filter> filters) {
    unsubscribe(id);
    Optional<Refusal> no = refusesRequest(filters);
    if (no.isEmpty() && subscriptions.size() >= limits().subscriptionsMax()) {
      no =
          Optional.of(
              new Refusal(
                  NostrFault.TOO_MANY,
                  "at most " + limits().subscriptionsMax() + " subscriptions at a time"));
    }
    if (no.isPresent()) {
      refuse(id, no.get());
      return;
    }
    NostrSubscription subscription =
        new NostrSubscription(here, link, turns, id, filters, () -> viewer, this::lost);
    subscriptions.put(id, subscription);
    invite(id, filters);
    subscription.begin();
  }

  /// An invite code is made when somebody asks for its kind by name (NIP-43).
  private void invite(SubscriptionId id, List<Filter> filters) {
    boolean asks =
        filters.stream()
            .anyMatch(filter ->
                filter.limit() != 0
                    && filter.kinds() != null
                    && filter.kinds().contains(Kinds.INVITE));
    if (asks) {
      here.membership()
          .flatMap(membership -> membership.invite(viewer.keys()))
          .filter(event -> Filter.anyMatches(filters, event))
          .ifPresent(event ->
              link.send(
                  Frame.text(Told.bytes(id, new Sight(0, event, Bytes.of(event.jsonBytes()))))));
    }
  }

  private Optional<Refusal> refusesRequest(List<Filter> filters) {
    return asksTooFast()
        ? Optional.of(new Refusal(NostrFault.RATE_LIMITED, "slow down"))
        : here.policy().refusesToRead(filters, viewer.keys());
  }

  private boolean asksTooFast() {
    long now = here.seams().nanos().getAsLong();
    return requests.ask(1, now) > 0 || here.askers().ask(network, 1, now) > 0;
  }

  /// One that was closed meanwhile has no answer, and another may have its name.
  private void lost(NostrSubscription subscription) {
    SubscriptionId id = subscription.id();
    if (subscriptions.get(id) == subscription) {
      unsubscribe(id);
      refuse(id, new Refusal(NostrFault.UNAVAILABLE, "the relay's database is away; ask again"));
    }
  }

  private void unsubscribe(SubscriptionId id) {
    NostrSubscription before = subscriptions.remove(id);
    if (before != null) {
      before.end();
    }
  }

  // Counting (NIP-45).

  private void count(SubscriptionId id, List<Filter> filters) {
    Optional<Refusal> no = refusesRequest(filters);
    if (no.isPresent()) {
      refuse(id, no.get());
      return;
    }
    counts.count(id, filters);
  }

  // Reconciling (NIP-77).

  private void reconcile(SubscriptionId id, Filter filter, String first) {
    refusesRequest(List.of(filter))
        .ifPresentOrElse(
            refusal -> reconciliations.refuse(id, refusal),
            () -> reconciliations.open(id, filter, first, viewer));
  }

  private void reconcile(SubscriptionId id, String message) {
    if (asksTooFast()) {
      reconciliations.refuse(id, new Refusal(NostrFault.RATE_LIMITED, "slow down"));
    } else {
      reconciliations.next(id, message);
    }
  }

  // Saying no.

  private void refuse(EventId id, Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(new Ok(id, false, refusal.reason()));
  }

  private void refuse(String id, Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(new NoEvent(id, refusal.reason()));
  }

  private void refuse(SubscriptionId id, Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(new Closed(id, refusal.reason()));
  }

  private void notice(Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(new Notice(refusal.reason()));
  }

  /// A binary frame: Nostr has none.
  void binary() {
    notice(new Refusal(NostrFault.MALFORMED, "messages are text frames"));
    link.close(CloseCode.UNACCEPTABLE, "messages are text frames");
  }
}
