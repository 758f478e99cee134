package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.cache.Waiting;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.link.CloseCode;
import dev.anabranch.nostr.message.Prefix;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends one relay what is queued for it, in its order, some at a time; on the client's loop.
///
/// What the relay puts off is sent again after a pause, everything without an answer again on the
/// next line: an event is the same however often it comes. After a limit of rates one event goes
/// first, and twice as many each time that many went through. An event that was the oldest without
/// an answer when a line ended, twice, is sent alone from then on; when the relay ends the line
/// over it again, or keeps silent, it is given up, so that it holds up no other.
final class RelaySender {

  /// Events that are sent at once, when no more than half as many are on their way.
  private static final int WINDOW = 128;

  /// How often one event is tried on `error:` before the last answer counts.
  private static final int TRIES_MAX = 20;

  /// Ends over one event after which it is sent alone.
  private static final int ENDS_ALONE = 2;

  /// Ends over one event, of the relay's own making, after which it is given up.
  private static final int ENDS_MAX = 3;

  /// Ends over one event that may be the network's after which it is given up.
  private static final int LOSSES_MAX = 10;

  /// The line was ended because the relay answered no event any more.
  static final int SILENT = -1;

  /// Ends that say nothing about what was sent.
  private static final Set<Integer> NOT_OVER_AN_EVENT =
      Set.of(
          CloseCode.NORMAL,
          CloseCode.GOING_AWAY,
          CloseCode.NONE,
          CloseCode.LOST,
          CloseCode.OVERLOADED,
          1012); // service restart

  private final RelayUrl relay;
  private final RelayKeeper.Surroundings here;
  private final Told told;
  private final Backoff pauses;
  private final Map<Long, Sent> underWay = new LinkedHashMap<>();
  private final Map<Long, Integer> tries = new HashMap<>();
  private final Map<Long, Ends> ends = new HashMap<>();
  private @Nullable RelayLine line;
  private Consumer<Runnable> mine = task -> {};
  private long sentUpTo;
  private long heardMillis;
  private int window = WINDOW;
  private int inARow;
  private boolean isPaused;
  private boolean isWatched;

  /// An event on its way.
  private record Sent(Waiting event, long atMillis) {}

  /// How often lines ended over an event.
  ///
  /// @param ofTheRelay those that the relay made
  private record Ends(int all, int ofTheRelay) {}

  /// Hears what happens.
  interface Told {

    /// The relay answered, or an event is given up.
    ///
    /// @param isFinal whether the event is not sent again
    void answered(Waiting event, RelayAnswer answer, boolean isFinal);

    /// The relay answers no event any more; the line is of no use.
    void silent();
  }

  RelaySender(RelayUrl relay, RelayKeeper.Surroundings here, Told told) {
    this.relay = relay;
    this.here = here;
    this.told = told;
    NostrSettings settings = here.settings();
    this.pauses = new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), here.random());
  }

  /// @param onLoop brings a task to the client's loop, as long as this line is the one
  void opened(RelayLine open, Consumer<Runnable> onLoop) {
    line = open;
    mine = onLoop;
    isWatched = false;
    pump();
  }

  /// The line has ended.
  ///
  /// @param code why; [#SILENT] when it was ended because nothing came
  /// @param why in words
  void lost(int code, String why) {
    if (line == null) {
      return;
    }
    line = null;
    Iterator<Sent> oldest = underWay.values().iterator();
    if (oldest.hasNext()) {
      endedOver(oldest.next().event, !NOT_OVER_AN_EVENT.contains(code), why);
    }
    underWay.clear();
    tries.clear();
    sentUpTo = 0;
  }

  private void endedOver(Waiting event, boolean isOfTheRelay, String why) {
    Ends before = ends.getOrDefault(event.number(), new Ends(0, 0));
    Ends now = new Ends(before.all + 1, before.ofTheRelay + (isOfTheRelay ? 1 : 0));
    ends.put(event.number(), now);
    if (now.ofTheRelay >= ENDS_MAX || now.all >= LOSSES_MAX) {
      settle(event, new RelayAnswer(false, Prefix.ERROR.reason("given up: " + why)));
    }
  }

  void pump() {
    RelayLine open = line;
    if (open == null || isPaused || underWay.size() > window / 2) {
      return;
    }
    int room = window - underWay.size();
    for (Waiting next : here.cache().waiting(relay.text(), sentUpTo, room)) {
      boolean isAlone = mustGoAlone(next.number());
      if (isAlone && !underWay.isEmpty()) {
        return; // it goes when the others have their answers
      }
      sentUpTo = next.number();
      if (!underWay.containsKey(next.number())) {
        send(open, next);
      }
      if (isAlone) {
        return;
      }
    }
  }

  private boolean mustGoAlone(long number) {
    Ends known = ends.get(number);
    return known != null && known.all >= ENDS_ALONE;
  }

  private void send(RelayLine open, Waiting next) {
    Consumer<Runnable> onLoop = mine;
    underWay.put(next.number(), new Sent(next, here.loop().millis()));
    var unused =
        open.publish(next.event())
            .whenComplete((answer, failure) -> {
              if (failure == null) {
                onLoop.accept(() -> answered(next, answer));
              }
            });
    watch();
  }

  /// Looks, as long as something is on its way, whether answers come.
  private void watch() {
    Iterator<Sent> oldest = underWay.values().iterator();
    if (isWatched || !oldest.hasNext()) {
      return;
    }
    isWatched = true;
    RelayLine known = line;
    long since = Math.max(oldest.next().atMillis, heardMillis);
    long left = since + patienceMillis() - here.loop().millis();
    here.loop()
        .later(
            Math.max(1, left),
            () -> {
              if (known == line) {
                isWatched = false;
                look();
              }
            });
  }

  private void look() {
    Iterator<Sent> oldest = underWay.values().iterator();
    if (!oldest.hasNext()) {
      return;
    }
    long since = Math.max(oldest.next().atMillis, heardMillis);
    if (here.loop().millis() - since < patienceMillis()) {
      watch();
    } else {
      told.silent();
    }
  }

  /// Twice: the relay may first have to answer who we are.
  private long patienceMillis() {
    return 2 * here.settings().line().answerMillis();
  }

  private void answered(Waiting sent, RelayAnswer answer) {
    underWay.remove(sent.number());
    ends.remove(sent.number());
    heardMillis = here.loop().millis();
    if (isPutOff(sent, answer)) {
      told.answered(sent, answer, false);
      pause(answer.isOverRate());
      return;
    }
    wentThrough();
    settle(sent, answer);
    pump();
  }

  /// Whether it is sent again.
  private boolean isPutOff(Waiting sent, RelayAnswer answer) {
    return answer.isOverRate()
        || (answer.isTransient() && tries.merge(sent.number(), 1, Integer::sum) < TRIES_MAX);
  }

  private void settle(Waiting event, RelayAnswer answer) {
    tries.remove(event.number());
    ends.remove(event.number());
    boolean unused =
        here.cache().settle(event.event().id(), relay.text(), answer.isAccepted(), answer.reason());
    told.answered(event, answer, true);
  }

  private void wentThrough() {
    inARow++;
    if (inARow >= window) {
      if (window > 1) {
        pauses.succeeded();
      }
      window = Math.min(WINDOW, 2 * window);
      inARow = 0;
    }
  }

  /// @param isOverRate whether fewer events are to go at once
  private void pause(boolean isOverRate) {
    if (isPaused) {
      return;
    }
    isPaused = true;
    long millis = inARow > 0 ? pauses.again() : pauses.failed();
    inARow = 0;
    if (isOverRate) {
      window = 1;
    }
    here.loop()
        .later(
            millis,
            () -> {
              isPaused = false;
              sentUpTo = 0;
              pump();
            });
  }
}
