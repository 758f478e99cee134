package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.QueueFull;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrListener;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.nostr.Publication;
import dev.anabranch.client.nostr.RelayStatus;
import dev.anabranch.client.nostr.Subscription;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client library against our own relay.
class NostrClientTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SecretKey ANN = Events.key(1);
  private static final SecretKey BOB = Events.key(2);
  private static final Filter NOTES = Filter.ANY.withKinds(Set.of(1));

  @TempDir Path folder;

  private NostrSettings settings(TestRelay... relays) {
    String[] urls = new String[relays.length];
    for (int index = 0; index < urls.length; index++) {
      urls[index] = relays[index].url();
    }
    return NostrSettings.of(urls).withRetries(50, 500);
  }

  private NostrClient client(String name, NostrSettings settings) {
    return NostrClient.open(settings, folder.resolve(name));
  }

  private TestRelay relay(String name) {
    return TestRelay.on(folder.resolve(name));
  }

  /// What a subscription is told.
  private static final class Heard implements NostrListener {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<RelayUrl> caughtUp = new CopyOnWriteArrayList<>();
    private final Map<RelayUrl, String> refusals = new ConcurrentHashMap<>();

    @Override
    public void event(Event event) {
      events.add(event);
    }

    @Override
    public void caughtUp(RelayUrl relay) {
      caughtUp.add(relay);
    }

    @Override
    public void refused(RelayUrl relay, String reason) {
      refusals.put(relay, reason);
    }

    private List<String> contents() {
      return events.stream().map(Event::content).toList();
    }

    private List<EventId> ids() {
      return events.stream().map(Event::id).toList();
    }
  }

  private static void publish(NostrClient client, List<Event> events) throws InterruptedException {
    events.forEach(client::publish);
    assertThat(client.awaitPublished(LONG)).isTrue();
  }

  @Test
  void theLinesOfTheReadmeDoWhatTheySay() throws Exception {
    try (TestRelay relay = relay("r")) {
      NostrSettings settings = settings(relay).withKeys(ANN);
      Heard heard = new Heard();
      try (NostrClient client = client("nostr.db", settings)) {
        client.subscribe(NOTES.withLimit(50), heard);
        Publication hello = client.publish(1, "Hello", Tag.of("t", "greeting"));
        assertThat(hello.answers().toCompletableFuture().get(60, TimeUnit.SECONDS).values())
            .containsExactly(new RelayAnswer(true, ""));
        Events.await("it is shown", () -> heard.contents().equals(List.of("Hello")));
        assertThat(client.find(NOTES)).containsExactly(hello.event());
      }
    }
  }

  @Test
  void whatIsPublishedWhileASubscriptionBeginsIsShownOnce() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    NostrListener slow =
        event -> {
          busy.countDown();
          try {
            free.await();
          } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
          }
        };
    try (TestRelay relay = relay("r");
        NostrClient client = client("c", settings(relay).withKeys(ANN))) {
      client.subscribe(Filter.ANY.withKinds(Set.of(7)), slow);
      client.publish(7, "+");
      busy.await();
      Heard heard = new Heard();
      client.subscribe(NOTES, heard);
      client.publish(1, "meanwhile");
      free.countDown();
      Events.await("the first is shown", () -> heard.contents().contains("meanwhile"));
      client.publish(1, "afterwards");
      Events.await("both are shown", () -> heard.contents().contains("afterwards"));
      assertThat(heard.contents()).containsExactly("meanwhile", "afterwards");
    }
  }

  @Test
  void aSubscriptionIsToldWhatIsStoredThenWhatIsNewEachOnce() throws Exception {
    try (TestRelay relay = relay("r");
        NostrClient writer = client("w", settings(relay));
        NostrClient reader = client("r.db", settings(relay))) {
      List<Event> notes = Events.notes(100);
      publish(writer, notes.subList(0, 50));
      Heard heard = new Heard();
      Subscription open = reader.subscribe(NOTES, heard);
      Events.await("stored", () -> heard.caughtUp.size() == 1);
      assertThat(heard.events).hasSize(50);
      publish(writer, notes.subList(50, 100));
      Events.await("live", () -> heard.events.size() == 100);
      assertThat(heard.events).containsExactlyInAnyOrderElementsOf(notes);
      open.close();
      publish(writer, List.of(Events.event(ANN, 1, Events.THEN, "after")));
      assertThat(reader.find(NOTES)).hasSize(100);
    }
  }

  @Test
  void aSubscriptionWithoutALimitGetsMoreThanTheRelayGivesAtOnce() throws Exception {
    try (TestRelay relay = relay("r");
        NostrClient writer = client("w", settings(relay));
        NostrClient reader = client("r.db", settings(relay))) {
      List<Event> notes = Events.notes(1_700);
      publish(writer, notes);
      Heard heard = new Heard();
      reader.subscribe(NOTES, heard);
      Events.await("caught up", () -> heard.caughtUp.size() == 1);
      assertThat(heard.events).hasSize(1_700).doesNotHaveDuplicates();
      Heard few = new Heard();
      reader.follow(List.of(NOTES.withLimit(3)), few);
      Events.await("caught up", () -> few.caughtUp.size() == 1);
      assertThat(few.events).as("follow tells only what is not here yet").isEmpty();
    }
  }

  @Test
  void whatIsHereIsReadWithoutTheRelay() throws Exception {
    TestRelay relay = relay("r");
    try (NostrClient client = client("c", settings(relay))) {
      publish(client, Events.notes(20));
      relay.stop();
      assertThat(client.find(NOTES.withLimit(5))).hasSize(5);
    }
    try (NostrClient client = client("c", settings(relay))) {
      assertThat(client.find(NOTES)).hasSize(20);
      Heard heard = new Heard();
      client.subscribe(NOTES, heard);
      Events.await("from the copy", () -> heard.events.size() == 20);
    }
  }

  @Test
  void whatWasPublishedOfflineGoesOutWhenTheRelayIsThere() throws Exception {
    TestRelay relay = relay("r");
    relay.stop();
    List<Event> notes = Events.notes(200);
    try (NostrClient client = client("c", settings(relay))) {
      notes.forEach(client::publish);
      assertThat(client.queued()).isEqualTo(200);
      assertThat(client.find(NOTES)).as("shown at once").hasSize(200);
    }
    try (NostrClient client = client("c", settings(relay))) {
      assertThat(client.queued()).isEqualTo(200);
      relay.start();
      assertThat(client.awaitPublished(LONG)).isTrue();
    }
    try (NostrClient other = NostrClient.inMemory(settings(relay))) {
      assertThat(other.fetch(List.of(NOTES), LONG)).containsExactlyInAnyOrderElementsOf(notes);
    }
    relay.close();
  }

  @Test
  void nothingIsLostOrDoubledWhileTheRelayComesAndGoes() throws Exception {
    TestRelay relay = relay("r");
    List<Event> notes = Events.notes(900);
    try (NostrClient writer = client("w", settings(relay));
        NostrClient reader = client("r.db", settings(relay))) {
      Heard heard = new Heard();
      reader.subscribe(NOTES, heard);
      for (int round = 0; round < 3; round++) {
        notes.subList(round * 300, round * 300 + 200).forEach(writer::publish);
        Thread.sleep(100);
        relay.stop();
        notes.subList(round * 300 + 200, round * 300 + 300).forEach(writer::publish);
        relay.start();
        assertThat(writer.awaitPublished(LONG)).isTrue();
      }
      Events.await("all heard", () -> heard.events.size() >= 900);
      assertThat(heard.ids()).doesNotHaveDuplicates().hasSize(900);
    }
    relay.close();
  }

  @Test
  void aReaderThatWasAwayGetsEventsOfAnyDate() throws Exception {
    try (TestRelay relay = relay("r")) {
      try (NostrClient reader = client("r.db", settings(relay))) {
        Heard first = new Heard();
        reader.subscribe(NOTES, first);
        Events.await("caught up", () -> first.caughtUp.size() == 1);
      }
      List<Event> notes = Events.notes(30);
      try (NostrClient writer = client("w", settings(relay))) {
        publish(writer, notes);
      }
      try (NostrClient reader = client("r.db", settings(relay))) {
        Heard second = new Heard();
        reader.follow(List.of(NOTES), second);
        Events.await("caught up", () -> second.caughtUp.size() == 1);
        assertThat(second.events).containsExactlyInAnyOrderElementsOf(notes);
      }
    }
  }

  @Test
  void severalRelaysAreOne() throws Exception {
    try (TestRelay one = relay("one");
        TestRelay two = relay("two");
        NostrClient left = client("left", settings(one));
        NostrClient right = client("right", settings(two));
        NostrClient both = client("both", settings(one, two).withKeys(ANN))) {
      List<Event> notes = Events.notes(30);
      publish(left, notes.subList(0, 20));
      publish(right, notes.subList(10, 30));
      Heard heard = new Heard();
      both.subscribe(NOTES, heard);
      Events.await("both caught up", () -> heard.caughtUp.size() == 2);
      assertThat(heard.events).containsExactlyInAnyOrderElementsOf(notes);
      Publication hello = both.publish(1, "to both");
      assertThat(hello.answers().toCompletableFuture().get(60, TimeUnit.SECONDS)).hasSize(2);
      two.stop();
      Publication half = both.publish(1, "to one");
      half.answer(RelayUrl.of(one.url())).toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(both.queued()).isOne();
      assertThat(both.find(NOTES)).hasSize(32);
    }
  }

  @Test
  void aRefusalSaysWhyAndTheEventIsNotKept() throws Exception {
    try (TestRelay relay = TestRelay.on(folder.resolve("r"), Map.of("nostr.kinds", "1"));
        NostrClient client = client("c", settings(relay).withKeys(ANN))) {
      Publication other = client.publish(7, "+");
      RelayAnswer answer =
          other.answer(RelayUrl.of(relay.url())).toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(answer.isAccepted()).isFalse();
      assertThat(answer.reason()).startsWith("blocked: ");
      assertThat(client.find(Filter.ANY)).isEmpty();
      assertThat(client.queued()).isZero();
    }
  }

  @Test
  void aPrivateMessageIsForItsReadersWhoAuthenticate() throws Exception {
    try (TestRelay relay = relay("r");
        NostrClient ann = client("ann", settings(relay).withKeys(ANN));
        NostrClient bob = client("bob", settings(relay).withKeys(Events.key(9), BOB));
        NostrClient eve = client("eve", settings(relay))) {
      Filter wraps = Filter.ANY.withKinds(Set.of(1_059));
      ann.sendDirectMessage(List.of(BOB.publicKey()), "for Bob", List.of(RelayUrl.of(relay.url())));
      assertThat(ann.awaitPublished(LONG)).isTrue();
      Heard bobs = new Heard();
      bob.subscribe(wraps, bobs);
      Events.await("Bob has one", () -> bobs.events.size() == 1);
      assertThat(bob.openGiftWrap(bobs.events.getFirst()).map(UnsignedEvent::content))
          .contains("for Bob");
      Heard eves = new Heard();
      eve.subscribe(wraps, eves);
      Events.await("Eve is refused", () -> !eves.refusals.isEmpty());
      assertThat(eves.refusals.values()).first().asString().startsWith("auth-required:");
      assertThat(eves.events).isEmpty();
    }
  }

  @Test
  void aPrivateMessageGoesOnlyWhereItsReaderTakesThem() throws Exception {
    try (TestRelay inbox = relay("inbox");
        TestRelay other = relay("other");
        NostrClient ann = client("ann", NostrSettings.of(inbox.url(), other.url()).withKeys(ANN))) {
      Filter wraps =
          Filter.ANY.withKinds(Set.of(1_059)).withTag('p', Set.of(BOB.publicKey().hex()));
      List<PublicKey> readers = List.of(BOB.publicKey());
      assertThatThrownBy(() -> ann.sendDirectMessage(readers, "where to?"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("kind 10050");
      ann.publish(list("ws://elsewhere.example/", 1_700_000_000));
      assertThatThrownBy(() -> ann.sendDirectMessage(readers, "not there"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no relay of this client");
      assertThat(ann.find(wraps)).isEmpty();
      ann.publish(list(inbox.url(), 1_700_000_001));
      List<Publication> sent = ann.sendDirectMessage(readers, "for Bob");
      assertThat(ann.awaitPublished(LONG)).isTrue();
      assertThat(sent).hasSize(2); // one for Bob, one for ourselves
      try (NostrClient there = client("there", settings(inbox).withKeys(BOB));
          NostrClient elsewhere = client("elsewhere", settings(other).withKeys(BOB))) {
        assertThat(there.fetch(List.of(wraps), LONG)).hasSize(1);
        assertThat(elsewhere.fetch(List.of(wraps), LONG)).isEmpty();
      }
      assertThatThrownBy(
              () -> ann.sendDirectMessage(readers, "x", List.of(RelayUrl.of("wss://a.example/"))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Event list(String relay, long createdAt) {
    return new UnsignedEvent(
            BOB.publicKey(), createdAt, 10_050, List.of(Tag.of("relay", relay)), "")
        .sign(BOB);
  }

  @Test
  void theQueueAndTheSubscriptionsAreBounded() throws Exception {
    TestRelay relay = relay("r");
    relay.stop();
    try (NostrClient client = client("c", settings(relay).withRoom(1_000, 3))) {
      List<Event> notes = Events.notes(4);
      notes.subList(0, 3).forEach(client::publish);
      assertThatThrownBy(() -> client.publish(notes.get(3))).isInstanceOf(QueueFull.class);
      List<Subscription> open = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int index = 0; index < 65; index++) {
                  open.add(client.subscribe(NOTES, event -> {}));
                }
              })
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("64 subscriptions");
      assertThat(open).hasSize(64);
      assertThat(client.status().getFirst().state()).isNotEqualTo(RelayStatus.State.OPEN);
    }
  }

  @Test
  void aSubscriptionThatARelayPutsOffIsAskedAgain() throws Exception {
    Map<String, Object> slow = Map.of("nostr.requests_per_second", 2, "nostr.requests_burst", 1);
    try (TestRelay relay = TestRelay.on(folder.resolve("r"), slow);
        NostrClient client = client("c", settings(relay))) {
      publish(client, Events.notes(10));
      List<Heard> all = new ArrayList<>();
      for (int index = 0; index < 4; index++) {
        Heard heard = new Heard();
        all.add(heard);
        client.subscribe(NOTES.withLimit(5 + index), heard);
      }
      Events.await(
          "every one is answered",
          () -> all.stream().allMatch(heard -> heard.caughtUp.size() == 1));
      assertThat(all).allSatisfy(heard -> assertThat(heard.refusals).isEmpty());
    }
  }

  @Test
  void aListenerMayPublishAndSubscribe() throws Exception {
    try (TestRelay relay = relay("r");
        NostrClient client = client("c", settings(relay).withKeys(ANN))) {
      Heard replies = new Heard();
      client.subscribe(
          NOTES,
          event -> {
            client.publish(7, "+", Tag.of("e", event.id().hex()));
            client.subscribe(Filter.ANY.withKinds(Set.of(7)), replies);
          });
      client.publish(1, "like me");
      Events.await("liked", () -> replies.contents().contains("+"));
      assertThat(client.awaitPublished(LONG)).isTrue();
    }
  }

  @Test
  void whatAListenerDidNotTakeComesFirstNextTime() throws Exception {
    try (TestRelay relay = relay("r")) {
      List<Event> notes = Events.notes(10);
      try (NostrClient client = client("c", settings(relay))) {
        AtomicInteger refused = new AtomicInteger();
        client.follow(
            List.of(NOTES),
            event -> {
              if (refused.incrementAndGet() > 4) {
                throw new IllegalStateException("no room");
              }
            });
        publish(client, notes);
        Events.await("all came", () -> refused.get() == 10);
      }
      try (NostrClient client = client("c", settings(relay))) {
        Heard heard = new Heard();
        client.follow(List.of(NOTES), heard);
        Events.await("caught up", () -> heard.caughtUp.size() == 1);
        assertThat(heard.events).hasSize(6).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void aForgedEventIsDroppedWhateverARelaySays() throws Exception {
    Event good = Events.event(ANN, 1, Events.THEN, "good");
    Event other = Events.event(ANN, 1, Events.THEN, "other");
    Event wrongSignature = new Event(other.id(), other.body(), good.signature());
    Event wrongId = new Event(good.id(), other.body(), good.signature());
    Event unasked = Events.event(ANN, 4, Events.THEN, "unasked");
    try (LyingRelay relay = LyingRelay.telling(wrongSignature, wrongId, unasked, good);
        NostrClient client =
            NostrClient.inMemory(NostrSettings.of(relay.url()).withRetries(50, 500))) {
      Heard heard = new Heard();
      client.subscribe(NOTES.withLimit(10), heard);
      Events.await("the good one", () -> heard.caughtUp.size() == 1);
      assertThat(heard.events).containsExactly(good);
      assertThat(client.status().getFirst().dropped()).isEqualTo(3);
    }
  }
}
