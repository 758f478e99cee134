package dev.anabranch.client.session;

import static dev.anabranch.client.session.ToyServer.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Careful writes: they have an effect only on what their writer saw, the device's own writes are
/// nobody else's, and nothing of others is overwritten without a conflict that shows it.
final class CarefulWritesTest {

  private static final ScopeName DEMO = new ScopeName("org:demo");
  private static final EntityKey N1 = key(DEMO, "n1");
  private static final ConflictRule ASK =
      conflict -> conflict.clashes().isEmpty() ? conflict.merge() : conflict.keepTheirs();

  private final ToyServer server = new ToyServer();

  private SimulatedDevice device(ConflictRule rule) {
    return new SimulatedDevice("phone", server, rule, SessionLimits.DEFAULT, new Random(7));
  }

  private static JsonObject text(String text) {
    return JsonObject.EMPTY.with("text", text);
  }

  private static void online(SimulatedDevice device) {
    device.step(session -> {
      session.follow(DEMO);
      session.goOnline();
    });
    device.connect();
    device.settle();
  }

  private static void back(SimulatedDevice device) {
    device.step(ReplicaSession::goOnline);
    device.connect();
    device.settle();
  }

  private static EntityView seen(SimulatedDevice device) {
    return Objects.requireNonNull(device.view(N1));
  }

  private static void patch(SimulatedDevice device, EntityView seen, JsonObject changed) {
    device.write(Draft.patch(seen.key(), changed).expecting(seen));
  }

  private static List<WriteOutcome> outcomes(SimulatedDevice device) {
    return device.told(Notice.WriteSettled.class).stream()
        .map(Notice.WriteSettled::outcome)
        .toList();
  }

  private static List<Conflict> conflicts(SimulatedDevice device) {
    return outcomes(device).stream()
        .filter(WriteOutcome.Conflicted.class::isInstance)
        .map(outcome -> ((WriteOutcome.Conflicted) outcome).conflict())
        .toList();
  }

  private @Nullable JsonObject stands() {
    return server.state(DEMO).get(N1);
  }

  /// A device that goes offline on version 1.
  private SimulatedDevice offlineOn(JsonObject first, ConflictRule rule) {
    SimulatedDevice phone = device(rule);
    server.write(N1, Action.INSERT, first);
    online(phone);
    phone.step(ReplicaSession::goOffline);
    return phone;
  }

  /// A device that made three careful writes offline, while somebody else wrote.
  private SimulatedDevice threeAgainstTheirs(ConflictRule rule) {
    SimulatedDevice phone = offlineOn(text("base"), rule);
    for (int edit = 1; edit <= 3; edit++) {
      patch(phone, seen(phone), text("mine " + edit));
    }
    server.write(N1, Action.UPDATE, text("theirs"));
    back(phone);
    assertThat(phone.session().isQuiet()).isTrue();
    assertThat(phone.views(DEMO)).isEqualTo(server.state(DEMO));
    return phone;
  }

  @Test
  void keepingTheirsGivesUpEveryWriteThatRestsOnTheFirst() {
    SimulatedDevice phone = threeAgainstTheirs(ConflictRule.KEEP_THEIRS);

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).hasSize(3);
    assertThat(conflicts(phone)).extracting(Conflict::theirs).containsOnly(text("theirs"));
    assertThat(conflicts(phone))
        .extracting(Conflict::base)
        .containsExactly(text("base"), text("mine 1"), text("mine 2"));
  }

  @Test
  void mergingEndsOnTheLastEdit() {
    SimulatedDevice phone = threeAgainstTheirs(ConflictRule.MERGE_FIELDS);

    assertThat(stands()).isEqualTo(text("mine 3"));
    assertThat(conflicts(phone)).extracting(Conflict::theirs).containsExactly(text("theirs"));
    assertThat(server.log())
        .extracting(event -> Objects.requireNonNull(event.data()))
        .containsExactly(
            text("base"), text("theirs"), text("mine 1"), text("mine 2"), text("mine 3"));
  }

  @Test
  void aRuleThatAsksIsShownTheirsAndNeverMine() {
    SimulatedDevice phone = threeAgainstTheirs(ASK);

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).extracting(Conflict::theirs).containsOnly(text("theirs"));
    assertThat(conflicts(phone)).hasSize(3);
  }

  @Test
  void aWriteOnAMergedOneIsAskedAboutWhatItOverwrites() {
    SimulatedDevice phone = offlineOn(text("base").with("body", "base"), ASK);
    patch(phone, seen(phone), text("mine"));
    patch(phone, seen(phone), JsonObject.EMPTY.with("body", "mine"));
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    back(phone);

    assertThat(stands()).isEqualTo(text("mine").with("body", "theirs"));
    assertThat(conflicts(phone)).hasSize(2);
    Conflict second = conflicts(phone).getLast();
    assertThat(second.base()).isEqualTo(text("mine").with("body", "base"));
    assertThat(second.theirs()).isEqualTo(text("mine").with("body", "theirs"));
    assertThat(second.clashes()).containsExactly("body");
  }

  @Test
  void mineGoesToTheirsWithoutADetour() {
    SimulatedDevice phone = threeAgainstTheirs(ConflictRule.KEEP_THEIRS);

    assertThat(phone.told(Notice.EntityChanged.class))
        .extracting(change -> Objects.requireNonNull(change.after()).data())
        .containsExactly(
            text("base"), text("mine 1"), text("mine 2"), text("mine 3"), text("theirs"));
  }

  @Test
  void whatWasSeenIsTheBaseThoughMoreIsKnownByNow() {
    SimulatedDevice phone = device(ASK);
    server.write(N1, Action.INSERT, text("a"));
    online(phone);
    EntityView seen = seen(phone);
    server.write(N1, Action.UPDATE, text("b"));
    phone.settle();
    patch(phone, seen, text("c"));
    phone.settle();

    assertThat(stands()).isEqualTo(text("b"));
    assertThat(conflicts(phone)).hasSize(1);
    assertThat(conflicts(phone).getFirst().base()).isEqualTo(text("a"));
    assertThat(conflicts(phone).getFirst().clashes()).containsExactly("text");
  }

  @Test
  void aVersionThatIsSomebodyElsesByNowIsNotTakenForMine() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    server.write(N1, Action.INSERT, text("base"));
    online(phone);
    phone.step(ReplicaSession::goOffline);
    patch(phone, seen(phone), text("mine"));
    EntityView seen = seen(phone); // version 2 is mine, if nobody else comes
    server.write(N1, Action.UPDATE, text("theirs"));
    back(phone);
    assertThat(seen(phone).version()).isEqualTo(2);
    patch(phone, seen, text("on mine"));
    phone.settle();

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).hasSize(2);
    assertThat(conflicts(phone).getLast().base()).isEqualTo(text("mine"));
  }

  @Test
  void aCreationThatIsSomebodyElsesByNowIsNotTakenForMine() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    online(phone);
    phone.step(ReplicaSession::goOffline);
    phone.write(Draft.put(N1, text("mine")).expecting(0));
    EntityView seen = seen(phone);
    server.write(N1, Action.INSERT, text("theirs"));
    back(phone);
    assertThat(seen(phone).version()).isEqualTo(seen.version());
    patch(phone, seen, text("on mine"));
    phone.settle();

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).hasSize(2);
  }

  @Test
  void myOwnWriteIsNobodyElses() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    server.write(N1, Action.INSERT, text("base"));
    online(phone);
    EntityView seen = seen(phone);
    patch(phone, seen, text("a"));
    patch(phone, seen, text("b"));
    phone.settle();
    patch(phone, seen, text("c")); // those before are confirmed by now
    phone.write(Draft.patch(N1, JsonObject.EMPTY.with("plain", 1)));
    phone.settle();
    phone.write(Draft.delete(N1).expecting(seen));
    phone.settle();

    assertThat(outcomes(phone)).hasSize(5).allMatch(WriteOutcome.Applied.class::isInstance);
    assertThat(stands()).isNull();
  }

  @Test
  void whatWasWrittenSinceIsNotTheirsInAConflict() {
    SimulatedDevice phone = offlineOn(text("base"), ASK);
    EntityView seen = seen(phone);
    patch(phone, seen, text("a"));
    patch(phone, seen, text("b"));
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    back(phone);

    assertThat(stands()).isEqualTo(text("b").with("body", "theirs"));
    assertThat(conflicts(phone)).allMatch(conflict -> conflict.clashes().isEmpty());
  }

  @Test
  void aPlainWriteStaysBehindTheCarefulOneBeforeIt() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.MERGE_FIELDS);
    patch(phone, seen(phone), text("careful"));
    phone.write(Draft.patch(N1, text("plain")));
    patch(phone, seen(phone), text("last"));
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    back(phone);

    assertThat(stands()).isEqualTo(text("last").with("body", "theirs"));
    assertThat(server.log().subList(2, 5))
        .extracting(event -> Objects.requireNonNull(event.data()))
        .containsExactly(text("careful"), text("plain"), text("last"));
  }

  @Test
  void whatAPlainWriteWentOverIsAConflictOfTheNextCarefulOne() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    phone.write(Draft.patch(N1, text("plain")));
    patch(phone, seen(phone), JsonObject.EMPTY.with("body", "mine"));
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    back(phone);

    assertThat(stands()).isEqualTo(text("plain").with("body", "theirs"));
    assertThat(conflicts(phone)).hasSize(1);
  }

  /// The answer to the plain write is here, what it went over is not.
  @Test
  void anAnswerThatComesBeforeTheirChangeHidesNothing() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    phone.write(Draft.patch(N1, text("plain")));
    patch(phone, seen(phone), JsonObject.EMPTY.with("body", "mine"));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    phone.deliverIn(); // live
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    List<ScopeMessage.ToClient> changes = new ArrayList<>();
    phone.deliverOut();
    changes.add(Objects.requireNonNull(phone.nextIn()));
    changes.add(Objects.requireNonNull(phone.nextIn()));
    assertThat(changes).allMatch(ScopeMessage.Sync.class::isInstance);
    phone.settle();
    assertThat(phone.session().pendingCount()).isEqualTo(2);
    changes.forEach(phone::hear);
    phone.settle();

    assertThat(stands()).isEqualTo(text("plain").with("body", "theirs"));
    assertThat(conflicts(phone)).hasSize(1);
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void aRefusedWriteIsNotMissedByWhatRestsOnIt() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    patch(phone, seen(phone), JsonObject.EMPTY.with("forbidden", 1));
    patch(phone, seen(phone), text("two"));
    patch(phone, seen(phone), text("three"));
    back(phone);

    assertThat(stands()).isEqualTo(text("three"));
    assertThat(outcomes(phone)).hasSize(3).noneMatch(WriteOutcome.Conflicted.class::isInstance);
  }

  @Test
  void aRefusedCreationTakesWhatRestsOnItAlong() {
    SimulatedDevice phone = device(ConflictRule.MERGE_FIELDS);
    online(phone);
    phone.step(ReplicaSession::goOffline);
    phone.write(Draft.put(N1, JsonObject.EMPTY.with("forbidden", 1)).expecting(0));
    patch(phone, seen(phone), text("two"));
    back(phone);

    assertThat(outcomes(phone)).hasSize(2).allMatch(WriteOutcome.Refused.class::isInstance);
    assertThat(phone.views(DEMO)).isEmpty();
  }

  @Test
  void carefulWritesOfDifferentEntitiesTravelTogether() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    for (int note = 0; note < 50; note++) {
      server.write(key(DEMO, "n" + note), Action.INSERT, text("base"));
    }
    online(phone);
    phone.step(ReplicaSession::goOffline);
    for (int note = 0; note < 50; note++) {
      EntityView seen = Objects.requireNonNull(phone.view(key(DEMO, "n" + note)));
      patch(phone, seen, text("mine"));
      phone.write(Draft.put(key(DEMO, "plain" + note % 3), text("mine " + note)));
    }
    int before = pushes(phone).size();
    back(phone);

    assertThat(pushes(phone).subList(before, pushes(phone).size())).hasSize(1);
    assertThat(outcomes(phone)).hasSize(100).allMatch(WriteOutcome.Applied.class::isInstance);
  }

  private static List<ScopeMessage.Push> pushes(SimulatedDevice device) {
    return device.sent.stream()
        .filter(ScopeMessage.Push.class::isInstance)
        .map(ScopeMessage.Push.class::cast)
        .toList();
  }

  @Test
  void aKilledDeviceStillKnowsWhatRestsOnWhat() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    patch(phone, seen(phone), text("mine 1"));
    EntityView seen = seen(phone);
    server.write(N1, Action.UPDATE, text("theirs"));
    phone.stepAndDie(session -> session.write(Draft.patch(N1, text("mine 2")).expecting(seen)));
    phone.connect();
    phone.settle();

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).hasSize(2);
  }

  @Test
  void aChainWhoseAnswersAreLostTakesEffectOnceAndInOrder() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    for (int edit = 1; edit <= 4; edit++) {
      patch(phone, seen(phone), text("mine " + edit));
    }
    for (int cut = 0; cut < 4; cut++) {
      phone.step(ReplicaSession::goOnline);
      phone.connect();
      phone.deliverOut();
      phone.deliverIn(); // live
      phone.deliverOut(); // the push arrives, the answer does not
      phone.step(ReplicaSession::goOffline);
    }
    back(phone);

    assertThat(stands()).isEqualTo(text("mine 4"));
    assertThat(server.log()).hasSize(5);
    assertThat(outcomes(phone)).hasSize(4).allMatch(WriteOutcome.Applied.class::isInstance);
  }

  @Test
  void aConflictAfterARestoreShowsWhatIsThereNow() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    server.write(N1, Action.INSERT, text("backup"));
    online(phone);
    server.write(N1, Action.UPDATE, text("lost"));
    phone.settle();
    phone.step(ReplicaSession::goOffline);
    patch(phone, seen(phone), text("mine"));
    server.loseTheLast(1);
    server.write(N1, Action.UPDATE, text("theirs")); // version 2 again
    back(phone);

    assertThat(stands()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone)).hasSize(1);
    assertThat(conflicts(phone).getFirst().theirs()).isEqualTo(text("theirs"));
    assertThat(conflicts(phone).getFirst().base()).isEqualTo(text("lost"));
  }

  @Test
  void nothingThatExpectsAVersionIsSentBeforeTheServerHasShownItsHistory() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.KEEP_THEIRS);
    phone.write(Draft.put(key(DEMO, "plain"), text("x")));
    patch(phone, seen(phone), text("mine"));
    int before = pushes(phone).size();
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    List<ScopeMessage.Push> first = pushes(phone);
    phone.settle();

    assertThat(first).hasSize(before + 1);
    assertThat(first.getLast().batch().writes()).hasSize(1);
    assertThat(((PushWrite) first.getLast().batch().writes().getFirst()).id().text())
        .isEqualTo("plain");
    assertThat(stands()).isEqualTo(text("mine"));
  }

  @Test
  void whatRestsOnAnAcceptedWriteIsSentWhereNothingIsEverTold() {
    SimulatedDevice phone = device(ConflictRule.KEEP_THEIRS);
    server.write(N1, Action.INSERT, text("hidden"));
    phone.step(session -> {
      session.follow(DEMO);
      session.goOnline();
    });
    phone.connect();
    ScopeMessage.Subscribe asked = (ScopeMessage.Subscribe) phone.sent.getLast();
    phone.loseOut();
    phone.hear(new ScopeMessage.ErrorAnswer("forbidden", "no right", DEMO.text(), 0, asked.ref()));
    phone.write(Draft.put(N1, text("a")));
    patch(phone, seen(phone), text("b"));
    phone.settle();

    assertThat(stands()).isEqualTo(text("b"));
    assertThat(outcomes(phone)).hasSize(2).allMatch(WriteOutcome.Applied.class::isInstance);
  }

  /// The echo of a later write of another entity, which was sent before.
  @Test
  void aLaterWriteThatCameBackDoesNotHideWhatARuleMadeOfAnEarlierOne() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.MERGE_FIELDS);
    JsonObject merged = text("mine").with("body", "theirs");
    patch(phone, seen(phone), text("mine"));
    phone.write(Draft.put(key(DEMO, "n2"), text("later")));
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    phone.deliverIn(); // theirs
    phone.deliverIn(); // live
    phone.deliverOut();
    ScopeMessage.ToClient echo = Objects.requireNonNull(phone.nextIn());
    phone.deliverIn(); // the answer
    assertThat(conflicts(phone)).hasSize(1);
    phone.hear(echo);
    assertThat(seen(phone).data()).isEqualTo(merged);
    phone.settle();

    assertThat(stands()).isEqualTo(merged);
    assertThat(phone.told(Notice.EntityChanged.class))
        .filteredOn(change -> change.key().equals(N1))
        .extracting(change -> Objects.requireNonNull(change.after()).data())
        .containsExactly(text("base"), text("mine"), merged);
  }

  /// Two devices, two hundred careful writes each, both online at last.
  @Test
  void mergingManyCarefulWritesCostsAConflictForEachAndNotForEachPair() {
    server.write(N1, Action.INSERT, text("base"));
    List<SimulatedDevice> devices = new ArrayList<>();
    for (String name : List.of("phone", "tablet")) {
      SimulatedDevice device =
          new SimulatedDevice(
              name,
              server,
              ConflictRule.MERGE_FIELDS,
              SessionLimits.DEFAULT,
              new Random(name.length()));
      devices.add(device);
      online(device);
      device.step(ReplicaSession::goOffline);
      for (int edit = 1; edit <= 200; edit++) {
        patch(device, seen(device), JsonObject.EMPTY.with(name, edit).with("both", name + edit));
      }
    }
    devices.forEach(device -> {
      device.step(ReplicaSession::goOnline);
      device.connect();
    });
    int rounds = 0;
    boolean moved = true;
    while (moved) {
      moved = false;
      rounds++;
      for (SimulatedDevice device : devices) {
        moved |= device.deliverOut() | device.deliverIn();
      }
    }

    JsonObject end = Objects.requireNonNull(stands());
    assertThat(end.number("phone")).hasValue(200);
    assertThat(end.number("tablet")).hasValue(200);
    for (SimulatedDevice device : devices) {
      assertThat(device.session().isQuiet()).isTrue();
      assertThat(conflicts(device)).hasSizeLessThanOrEqualTo(600);
      List<Long> places =
          device.told(Notice.WriteSettled.class).stream()
              .filter(settled -> settled.outcome() instanceof WriteOutcome.Applied)
              .map(settled -> settled.write().number())
              .toList();
      assertThat(places).isSorted().hasSize(200);
    }
    assertThat(rounds).isLessThan(5_000);
  }

  @Test
  void whatARuleMakesOfAWriteStandsAtItsPlace() {
    SimulatedDevice phone = offlineOn(text("base"), ConflictRule.MERGE_FIELDS);
    QueuedWrite first =
        Objects.requireNonNull(phone.write(Draft.patch(N1, text("mine")).expecting(seen(phone))));
    phone.write(Draft.put(key(DEMO, "n2"), text("later")));
    server.write(N1, Action.UPDATE, text("theirs"));
    back(phone);

    assertThat(phone.told(Notice.WriteSettled.class))
        .filteredOn(settled -> settled.write().entity().equals(N1))
        .extracting(settled -> settled.write().number())
        .containsExactly(first.number(), first.number());
    assertThat(stands()).isEqualTo(text("mine"));
  }
}
