package dev.anabranch.client.nostr.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.Search;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventCacheTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final SecretKey BOB = SecretKey.generate(new Random(2));
  private static final long NOW = 1_800_000_000L;

  @TempDir Path folder;

  private EventCache cache = EventCache.inMemory(1_000);

  @AfterEach
  void close() {
    cache.close();
  }

  private static Event event(SecretKey key, int kind, long at, String content, Tag... tags) {
    return new UnsignedEvent(key.publicKey(), at, kind, List.of(tags), content).sign(key);
  }

  private Arrival add(Event event) {
    return cache.add(VerifiedEvent.fromStore(event), NOW);
  }

  private List<Event> find(Filter... filters) {
    return cache.find(List.of(filters), 10_000, NOW);
  }

  @Test
  void anEventIsNewOnceAndKnownFromThenOn() {
    Event note = event(ANN, 1, 100, "hello");
    assertThat(add(note)).isEqualTo(Arrival.NEW);
    assertThat(add(note)).isEqualTo(Arrival.KNOWN);
    assertThat(find(Filter.ANY)).containsExactly(note);
    assertThat(cache.count()).isOne();
  }

  @Test
  void ofAReplaceableOneTheNewestIsKeptOnATieTheLowestId() {
    Event one = event(ANN, 10_002, 100, "a");
    Event two = event(ANN, 10_002, 100, "b");
    Event low = one.id().compareTo(two.id()) < 0 ? one : two;
    Event high = low.equals(one) ? two : one;
    assertThat(add(high)).isEqualTo(Arrival.NEW);
    assertThat(add(low)).isEqualTo(Arrival.NEW);
    assertThat(add(high)).isEqualTo(Arrival.SUPERSEDED);
    assertThat(add(event(ANN, 10_002, 99, "c"))).isEqualTo(Arrival.SUPERSEDED);
    assertThat(find(Filter.ANY)).containsExactly(low);
    assertThat(cache.count()).isOne();
  }

  @Test
  void addressableOnesDifferByTheirIdentifier() {
    add(event(ANN, 30_023, 100, "a", Tag.of("d", "one")));
    add(event(ANN, 30_023, 101, "b", Tag.of("d", "two")));
    add(event(ANN, 30_023, 102, "c", Tag.of("d", "one")));
    assertThat(find(Filter.ANY)).extracting(Event::content).containsExactly("c", "b");
  }

  @Test
  void whatItsAuthorDeletesGoesAndDoesNotComeBack() {
    Event note = event(ANN, 1, 100, "oops");
    Event others = event(BOB, 1, 100, "mine");
    add(note);
    add(others);
    Event deletion =
        event(ANN, 5, 200, "", Tag.of("e", note.id().hex()), Tag.of("e", others.id().hex()));
    assertThat(add(deletion)).isEqualTo(Arrival.NEW);
    assertThat(find(Filter.ANY.withKinds(Set.of(1)))).containsExactly(others);
    assertThat(add(note)).isEqualTo(Arrival.DELETED);
  }

  @Test
  void aDeletedAddressComesBackWithALaterVersionOnly() {
    String address = "30023:" + ANN.publicKey() + ":d";
    add(event(ANN, 5, 200, "", Tag.of("a", address)));
    assertThat(add(event(ANN, 30_023, 150, "old", Tag.of("d", "d")))).isEqualTo(Arrival.DELETED);
    assertThat(add(event(ANN, 30_023, 250, "new", Tag.of("d", "d")))).isEqualTo(Arrival.NEW);
  }

  @Test
  void anEphemeralOneIsShownAndNotKeptAnExpiredOneNeither() {
    assertThat(add(event(ANN, 20_001, 100, "typing"))).isEqualTo(Arrival.NEW);
    assertThat(add(event(ANN, 1, 100, "over", Tag.of("expiration", Long.toString(NOW - 1)))))
        .isEqualTo(Arrival.EXPIRED);
    Event soon = event(ANN, 1, 100, "soon", Tag.of("expiration", Long.toString(NOW + 10)));
    assertThat(add(soon)).isEqualTo(Arrival.NEW);
    assertThat(find(Filter.ANY)).containsExactly(soon);
    assertThat(cache.find(List.of(Filter.ANY), 10, NOW + 10)).isEmpty();
  }

  @Test
  void whatFiltersFindIsWhatTheyMatchNewestFirst() {
    Random random = new Random(7);
    List<Event> all = new ArrayList<>();
    for (int index = 0; index < 300; index++) {
      Event event =
          event(
              random.nextBoolean() ? ANN : BOB,
              random.nextInt(3) + 6,
              random.nextInt(50),
              "word" + random.nextInt(5) + " " + index,
              Tag.of("t", "topic" + random.nextInt(3)),
              Tag.of("t", "topic" + random.nextInt(3)));
      all.add(event);
      add(event);
    }
    List<Filter> filters =
        List.of(
            Filter.ANY.withKinds(Set.of(6, 8)),
            Filter.ANY.withAuthors(Set.of(ANN.publicKey())).between(10, 30).withLimit(7),
            Filter.ANY.withTag('t', Set.of("topic0", "topic2")).withKinds(Set.of(7)),
            Filter.ANY.withAllTags('t', Set.of("topic0", "topic1")),
            Filter.ANY.withSearch(new Search("WORD3")).withLimit(5),
            Filter.ANY.withIds(Set.of(all.get(3).id(), all.get(4).id())),
            Filter.ANY.withKinds(Set.of()),
            Filter.ANY.withLimit(0));
    for (Filter filter : filters) {
      List<Event> expected =
          all.stream()
              .filter(filter::matches)
              .sorted((a, b) ->
                  a.createdAtSeconds() != b.createdAtSeconds()
                      ? Long.compare(b.createdAtSeconds(), a.createdAtSeconds())
                      : a.id().compareTo(b.id()))
              .limit(filter.limit())
              .toList();
      assertThat(find(filter)).as(filter.json()).containsExactlyElementsOf(expected);
    }
    assertThat(cache.records(filters.getFirst()))
        .hasSize((int) all.stream().filter(filters.getFirst()::matches).count());
  }

  @Test
  void longListsAreLeftToTheFilter() {
    Event note = event(ANN, 1, 100, "hello");
    add(note);
    add(event(BOB, 1, 100, "other"));
    Set<PublicKey> many = new LinkedHashSet<>();
    for (int index = 0; index < 6_000; index++) {
      many.add(new PublicKey("%064x".formatted(index)));
    }
    many.add(ANN.publicKey());
    assertThat(find(Filter.ANY.withAuthors(many))).containsExactly(note);
  }

  @Test
  void whenThereIsNoRoomTheOldestGoAndNoneOlderComes() {
    EventCache small = EventCache.inMemory(10);
    for (int index = 0; index < 25; index++) {
      small.add(VerifiedEvent.fromStore(event(ANN, 1, 100 + index, "n" + index)), NOW);
    }
    assertThat(small.count()).isLessThanOrEqualTo(10);
    List<Event> kept = small.find(List.of(Filter.ANY), 100, NOW);
    assertThat(kept.getFirst().content()).isEqualTo("n24");
    assertThat(small.add(VerifiedEvent.fromStore(event(ANN, 1, 50, "old")), NOW))
        .isEqualTo(Arrival.TOO_OLD);
    small.close();
  }

  @Test
  void whatIsDatedFarAheadIsNotKeptAndKeepsNothingElseOut() {
    EventCache small = EventCache.inMemory(10);
    for (int index = 0; index < 30; index++) {
      Event ahead = event(BOB, 1, NOW + 10L * 365 * 86_400 + index, "ahead" + index);
      assertThat(small.add(VerifiedEvent.fromStore(ahead), NOW)).isEqualTo(Arrival.AHEAD);
    }
    assertThat(small.count()).isZero();
    Event note = event(ANN, 1, NOW, "now");
    assertThat(small.add(VerifiedEvent.fromStore(note), NOW)).isEqualTo(Arrival.NEW);
    assertThat(small.find(List.of(Filter.ANY), 100, NOW)).containsExactly(note);
    small.close();
  }

  @Test
  void whatIsDatedADayAheadIsKeptAndKeepsNothingElseOut() {
    EventCache small = EventCache.inMemory(10);
    long ahead = NOW + EventCache.AHEAD_SECONDS_MAX;
    for (int index = 0; index < 30; index++) {
      Event last = event(BOB, 1, ahead - index % 3, "n" + index);
      assertThat(small.add(VerifiedEvent.fromStore(last), NOW)).isEqualTo(Arrival.NEW);
    }
    assertThat(small.add(VerifiedEvent.fromStore(event(ANN, 1, NOW - 60, "late")), NOW))
        .isEqualTo(Arrival.NEW);
    assertThat(small.add(VerifiedEvent.fromStore(event(ANN, 1, NOW, "now")), NOW))
        .isEqualTo(Arrival.NEW);
    assertThat(small.add(VerifiedEvent.fromStore(event(ANN, 1, ahead + 1, "x")), NOW))
        .isEqualTo(Arrival.AHEAD);
    small.close();
  }

  @Test
  void aClockThatWasAheadLeavesNothingThatKeepsOthersOut() {
    EventCache small = EventCache.inMemory(10);
    long wrong = NOW + 10L * 365 * 86_400;
    for (int index = 0; index < 30; index++) {
      small.add(VerifiedEvent.fromStore(event(BOB, 1, wrong - 100 + index, "n" + index)), wrong);
    }
    for (int index = 0; index < 10; index++) {
      Event note = event(ANN, 1, NOW - 20 + index, "now" + index);
      assertThat(small.add(VerifiedEvent.fromStore(note), NOW)).isEqualTo(Arrival.NEW);
    }
    assertThat(small.find(List.of(Filter.ANY), 100, NOW))
        .hasSize(10)
        .allMatch(event -> event.content().startsWith("now"));
    small.close();
  }

  @Test
  void aClockThatIsFarBehindDropsNoMoreThanThereIsNoRoomFor() {
    EventCache small = EventCache.inMemory(10);
    for (int index = 0; index < 10; index++) {
      small.add(VerifiedEvent.fromStore(event(BOB, 1, NOW + index, "n" + index)), NOW);
    }
    long behind = NOW - 20L * 365 * 86_400;
    Event own = event(ANN, 1, behind, "own");
    assertThat(small.add(VerifiedEvent.fromStore(own), behind)).isEqualTo(Arrival.NEW);
    assertThat(small.count()).isEqualTo(9);
    assertThat(small.event(own.id())).contains(own);
    small.close();
  }

  @Test
  void whatIsOurOwnIsQueuedHoweverItIsDated() {
    Event ahead = event(ANN, 1, NOW + 2 * EventCache.AHEAD_SECONDS_MAX, "ahead");
    assertThat(cache.queue(VerifiedEvent.fromStore(ahead), List.of("wss://a/"), NOW))
        .isEqualTo(Arrival.AHEAD);
    assertThat(find(Filter.ANY)).isEmpty();
    assertThat(cache.waiting("wss://a/", 0, 10)).extracting(Waiting::event).containsExactly(ahead);
  }

  @Test
  void theQueueKeepsItsOrderAndForgetsWhatEveryRelayAnswered() {
    List<String> relays = List.of("wss://a/", "wss://b/");
    Event one = event(ANN, 1, 100, "one");
    Event two = event(ANN, 1, 90, "two");
    cache.queue(VerifiedEvent.fromStore(one), relays, NOW);
    cache.queue(VerifiedEvent.fromStore(two), relays, NOW);
    cache.queue(VerifiedEvent.fromStore(one), relays, NOW);
    assertThat(cache.waiting("wss://a/", 0, 10))
        .extracting(Waiting::event)
        .containsExactly(one, two);
    assertThat(cache.settle(one.id(), "wss://a/", true, "")).isFalse();
    assertThat(cache.settle(one.id(), "wss://a/", true, "")).isFalse();
    assertThat(cache.settle(one.id(), "wss://b/", false, "blocked: no")).isTrue();
    assertThat(cache.event(one.id())).contains(one);
    assertThat(cache.waiting(relays)).isOne();
    cache.settle(two.id(), "wss://a/", false, "blocked: no");
    assertThat(cache.settle(two.id(), "wss://b/", false, "blocked: no")).isTrue();
    assertThat(cache.event(two.id())).as("every relay refused it").isEmpty();
    assertThat(cache.waiting(relays)).isZero();
  }

  @Test
  void everythingIsThereAgainAfterItWasClosed() {
    Path file = folder.resolve("in/nostr.db");
    Event note = event(ANN, 1, 100, "hello", Tag.of("t", "x"));
    try (EventCache first = EventCache.open(file, 100)) {
      first.queue(VerifiedEvent.fromStore(note), List.of("wss://a/"), NOW);
      first.catchUp("wss://a/", "request", 500);
      first.catchUp("wss://a/", "request", 400);
      assertThatThrownBy(() -> EventCache.open(file, 100))
          .isInstanceOf(ReplicaFailure.class)
          .hasMessageContaining("open already");
    }
    try (EventCache second = EventCache.open(file, 100)) {
      assertThat(second.find(List.of(Filter.ANY.withTag('t', Set.of("x"))), 10, NOW))
          .containsExactly(note);
      assertThat(second.waiting("wss://a/", 0, 10)).hasSize(1);
      assertThat(second.caughtUpSeconds("wss://a/", "request")).hasValue(500);
      assertThat(second.event(new EventId("0".repeat(64)))).isEmpty();
    }
  }

  @Test
  void aCopyOfTheFirstSchemaIsReadAndTakesWhatTheSecondCanDo() throws SQLException {
    Path file = folder.resolve("old.db");
    Event note = event(ANN, 1, 100, "from before", Tag.of("t", "x"));
    Event waiting = event(ANN, 1, 200, "not sent yet");
    try (EventCache first = EventCache.open(file, 100)) {
      first.add(VerifiedEvent.fromStore(note), NOW);
      first.queue(VerifiedEvent.fromStore(waiting), List.of("wss://a/"), NOW);
      first.catchUp("wss://a/", "request", 500);
    }
    try (Connection old = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = old.createStatement()) {
      statement.execute("drop table untold"); // which is all that schema 2 has besides
      statement.execute("pragma user_version = 1");
    }
    for (int opened = 0; opened < 2; opened++) {
      try (EventCache second = EventCache.open(file, 100)) {
        assertThat(second.find(List.of(Filter.ANY), 10, NOW)).containsExactly(waiting, note);
        assertThat(second.waiting("wss://a/", 0, 10)).hasSize(1);
        assertThat(second.caughtUpSeconds("wss://a/", "request")).hasValue(500);
        second.owe("request", note.id());
        assertThat(second.untold("request")).containsExactly(note);
      }
    }
  }

  @Test
  void aCopyOfALaterSchemaIsLeftAlone() throws SQLException {
    Path file = folder.resolve("later.db");
    EventCache.open(file, 100).close();
    try (Connection later = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = later.createStatement()) {
      statement.execute("pragma user_version = 3");
    }
    assertThatThrownBy(() -> EventCache.open(file, 100))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessageContaining("schema 3");
  }

  @Test
  void whatBreaksTogetherIsUndoneTogether() {
    Event note = event(ANN, 1, 100, "hello");
    assertThatThrownBy(() ->
            cache.together(() -> {
              add(note);
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");
    assertThat(find(Filter.ANY)).isEmpty();
    assertThat(cache.count()).isZero();
    assertThat(add(note)).isEqualTo(Arrival.NEW);
  }

  @Test
  void whatIsOwedIsToldOnceAndGoesWithItsEvent() {
    Event first = event(ANN, 1, 100, "first");
    Event second = event(ANN, 1, 200, "second");
    add(first);
    add(second);
    cache.owe("request", second.id());
    cache.owe("request", first.id());
    cache.owe("other", first.id());
    assertThat(cache.untold("request")).containsExactly(first, second);
    cache.told("request", first.id());
    assertThat(cache.untold("request")).containsExactly(second);
    assertThat(cache.untold("other")).containsExactly(first);
  }
}
