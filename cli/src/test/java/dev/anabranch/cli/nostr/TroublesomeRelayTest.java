package dev.anabranch.cli.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Shell;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrListener;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.nostr.Publication;
import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.link.CloseCode;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.RelayMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client library against relays that limit, break off, keep silent and come back.
class TroublesomeRelayTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static NostrSettings settings(ScriptedRelay relay) {
    LineSettings usual = LineSettings.USUAL;
    LineSettings hasty =
        new LineSettings(
            usual.keys(), usual.dialTimeout(), 100, 500, usual.message(), 1_024, 256, null);
    return NostrSettings.of(relay.url()).with(hasty).withRetries(5, 50);
  }

  private static RelayAnswer answer(ScriptedRelay relay, Publication publication) throws Exception {
    return publication
        .answer(RelayUrl.of(relay.url()))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  @Timeout(200)
  void publishWaitsForEachRelayItsTimeAndForASilentOneOnce() {
    List<Event> notes = Events.notes(20);
    Set<EventId> unanswered = ConcurrentHashMap.newKeySet();
    try (ScriptedRelay silent =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Publish(Event event)) {
                unanswered.add(event.id());
              }
            });
        ScriptedRelay good =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Publish(Event event)) {
                visitor.ok(event, true, "");
              }
            })) {
      Shell.Result published =
          new Shell()
              .runWithInput(
                  Events.lines(notes),
                  "nostr",
                  "publish",
                  "--wait",
                  "20", // for each of them it would be longer than the test may take
                  "--relay",
                  silent.url(),
                  "--relay",
                  good.url());
      assertThat(published.exitCode()).isEqualTo(3);
      assertThat(unanswered).isNotEmpty();
      assertThat(published.lines())
          .hasSize(20)
          .allSatisfy(line ->
              assertThat(line)
                  .contains("\"" + good.url() + "\":{\"accepted\":true")
                  .contains("\"" + silent.url() + "\":{\"accepted\":false")
                  .contains("no answer in time"));
    }
  }

  @Test
  void noEventIsGivenUpBecauseARelayLimitsTheRate() throws Exception {
    Set<EventId> taken = ConcurrentHashMap.newKeySet();
    int[] heard = {0};
    try (ScriptedRelay relay =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Publish(Event event)) {
                boolean isTaken = heard[0]++ % 40 == 0;
                if (isTaken) {
                  taken.add(event.id());
                }
                visitor.ok(event, isTaken, isTaken ? "" : "rate-limited: later");
              }
            });
        NostrClient client = NostrClient.inMemory(settings(relay).withRetries(1, 2))) {
      List<Event> notes = Events.notes(30);
      List<Publication> published = new ArrayList<>();
      notes.forEach(note -> published.add(client.publish(note)));
      for (Publication publication : published) {
        assertThat(answer(relay, publication).isAccepted()).isTrue();
      }
      assertThat(taken).hasSize(30);
    }
  }

  @Test
  void anEventThatEndsEveryLineIsGivenUpAndTheRestGoesOut() throws Exception {
    List<Event> notes = Events.notes(20);
    EventId poison = notes.get(3).id();
    Set<EventId> taken = ConcurrentHashMap.newKeySet();
    try (ScriptedRelay relay =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Publish(Event event)) {
                if (event.id().equals(poison)) {
                  visitor.close(CloseCode.TOO_LARGE);
                } else {
                  taken.add(event.id());
                  visitor.ok(event, true, "");
                }
              }
            });
        NostrClient client = NostrClient.inMemory(settings(relay))) {
      List<Publication> published = notes.stream().map(client::publish).toList();
      assertThat(client.awaitPublished(LONG)).isTrue();
      assertThat(taken).hasSize(19);
      RelayAnswer given = answer(relay, published.get(3));
      assertThat(given.isAccepted()).isFalse();
      assertThat(given.reason()).startsWith("error: ").contains("1009");
      assertThat(relay.lines()).isLessThanOrEqualTo(5);
    }
  }

  @Test
  void anEventThatIsNeverAnsweredHoldsUpNoOther() throws Exception {
    List<Event> notes = Events.notes(20);
    EventId ignored = notes.get(3).id();
    Set<EventId> taken = ConcurrentHashMap.newKeySet();
    try (ScriptedRelay relay =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Publish(Event event)) {
                if (event.id().equals(ignored)) {
                  visitor.say(new RelayMessage.Notice("cannot read this"));
                } else {
                  taken.add(event.id());
                  visitor.ok(event, true, "");
                }
              }
            });
        NostrClient client = NostrClient.inMemory(settings(relay))) {
      List<Publication> published = notes.stream().map(client::publish).toList();
      assertThat(client.awaitPublished(LONG)).isTrue();
      assertThat(taken).hasSize(19);
      assertThat(answer(relay, published.get(3)).isAccepted()).isFalse();
    }
  }

  @Test
  void aLineThatEndsBeforeAnythingWasHeardIsDialledLessAndLessOften() throws Exception {
    try (ScriptedRelay relay =
            ScriptedRelay.greeting(
                visitor -> visitor.close(CloseCode.POLICY), (visitor, message) -> {});
        NostrClient client = NostrClient.inMemory(settings(relay).withRetries(20, 60_000))) {
      Events.await("it was dialled", () -> relay.lines() >= 3);
      Thread.sleep(1_000);
      assertThat(client.status()).hasSize(1);
      assertThat(relay.lines()).isLessThan(12);
    }
  }

  @Test
  void aSubscriptionThatIsClosedWithoutAReasonIsAskedAgainOnTheSameLine() throws Exception {
    Event live = Events.notes(1).getFirst();
    int[] asked = {0};
    try (ScriptedRelay relay =
            ScriptedRelay.hearing((visitor, message) -> {
              if (message instanceof ClientMessage.Request request) {
                asked[0]++;
                if (asked[0] % 2 == 1) {
                  visitor.say(new RelayMessage.EndOfStored(request.subscription(), null));
                  visitor.say(
                      new RelayMessage.Closed(request.subscription(), "shutting down idle"));
                } else {
                  visitor.say(new RelayMessage.Delivery(request.subscription(), live));
                }
              }
            });
        NostrClient client = NostrClient.inMemory(settings(relay))) {
      List<Event> heard = new CopyOnWriteArrayList<>();
      client.subscribe(Filter.ANY.withLimit(10), heard::add);
      Events.await("it comes", () -> heard.contains(live));
      assertThat(relay.lines()).isOne();
    }
  }

  @Test
  void aRefusedCatchUpLeavesWhatIsNewAloneAndIsTriedAgain() throws Exception {
    List<Event> notes = Events.notes(2);
    int[] asked = {0};
    AtomicInteger closed = new AtomicInteger();
    try (ScriptedRelay relay =
            ScriptedRelay.hearing((visitor, message) -> {
              switch (message) {
                case ClientMessage.Request(var id, var filters) -> {
                  asked[0]++;
                  if (asked[0] == 2) {
                    visitor.say(new RelayMessage.Closed(id, "rate-limited: later"));
                  } else {
                    if (asked[0] > 2) {
                      visitor.say(new RelayMessage.Delivery(id, notes.get(1)));
                    }
                    visitor.say(new RelayMessage.EndOfStored(id, null));
                  }
                }
                case ClientMessage.ReconcileOpen open ->
                    visitor.say(
                        new RelayMessage.ReconcileError(
                            open.reconciliation(), "unsupported: none", 0));
                case ClientMessage.Close(var id) -> {
                  if (id.text().equals("a1")) {
                    closed.incrementAndGet();
                  }
                }
                default -> {}
              }
            });
        NostrClient client = NostrClient.inMemory(settings(relay))) {
      List<Event> heard = new CopyOnWriteArrayList<>();
      AtomicInteger caughtUp = new AtomicInteger();
      client.subscribe(
          Filter.ANY,
          new NostrListener() {
            @Override
            public void event(Event event) {
              heard.add(event);
            }

            @Override
            public void caughtUp(RelayUrl from) {
              caughtUp.incrementAndGet();
            }
          });
      Events.await("it is caught up", () -> caughtUp.get() == 1);
      assertThat(heard).containsExactly(notes.get(1));
      assertThat(closed).hasValue(0);
    }
  }

  @Test
  void giftWrapsAreAskedForTwoDaysBackWhenALineComesBack() throws Exception {
    List<Filter> asked = new CopyOnWriteArrayList<>();
    try (ScriptedRelay relay =
        ScriptedRelay.hearing((visitor, message) -> {
          if (message instanceof ClientMessage.Request(var id, var filters)) {
            asked.addAll(filters);
            visitor.say(new RelayMessage.EndOfStored(id, null));
          } else if (message instanceof ClientMessage.ReconcileOpen open) {
            visitor.say(
                new RelayMessage.ReconcileError(open.reconciliation(), "unsupported: none", 0));
          }
        })) {
      Filter wraps = Filter.ANY.withKinds(Set.of(1_059)).withLimit(10);
      for (int time = 0; time < 2; time++) {
        try (NostrClient client = NostrClient.open(settings(relay), folder.resolve("c"))) {
          AtomicInteger caughtUp = new AtomicInteger();
          client.subscribe(wraps, new Counting(caughtUp));
          Events.await("it is caught up", () -> caughtUp.get() == 1);
        }
      }
      long now = System.currentTimeMillis() / 1_000;
      assertThat(asked.getLast().sinceSeconds()).isBetween(1L, now - 2 * 86_400);
    }
  }

  private record Counting(AtomicInteger caughtUp) implements NostrListener {

    @Override
    public void event(Event event) {}

    @Override
    public void caughtUp(RelayUrl from) {
      caughtUp.incrementAndGet();
    }
  }

  @Test
  void aRelayThatAsksWhoWeAreAndDoesNotAnswerIsUsedWithout() throws Exception {
    try (ScriptedRelay relay =
            ScriptedRelay.greeting(
                visitor -> visitor.say(new RelayMessage.Challenge("who")),
                (visitor, message) -> {
                  if (message instanceof ClientMessage.Publish(Event event)) {
                    visitor.ok(event, true, "");
                  }
                });
        NostrClient client = NostrClient.inMemory(settings(relay).withKeys(Events.key(1)))) {
      assertThat(answer(relay, client.publish(1, "Hello")).isAccepted()).isTrue();
    }
  }

  @Test
  void anExportThatCannotKnowWhetherItIsWholeSaysSo() {
    List<Event> notes = Events.notes(2);
    String[] answer = {"error: the disk is full"};
    try (ScriptedRelay relay =
        ScriptedRelay.hearing((visitor, message) -> {
          if (message instanceof ClientMessage.Request(var id, var filters)) {
            notes.stream()
                .filter(note -> Filter.anyMatches(filters, note))
                .forEach(note -> visitor.say(new RelayMessage.Delivery(id, note)));
            visitor.say(new RelayMessage.EndOfStored(id, RelayMessage.Extent.FINISH));
          } else if (message instanceof ClientMessage.ReconcileOpen open) {
            visitor.say(new RelayMessage.ReconcileError(open.reconciliation(), answer[0], 0));
          }
        })) {
      Shell.Result half = new Shell().run("nostr", "export", "--relay", relay.url());
      assertThat(half.exitCode()).isEqualTo(1);
      assertThat(half.err()).contains("the disk is full");
      answer[0] = "unsupported: no reconciliation";
      Shell.Result whole = new Shell().run("nostr", "export", "--relay", relay.url());
      assertThat(whole.exitCode()).as(whole.err()).isZero();
      assertThat(whole.lines()).hasSize(2);
    }
  }
}
