package dev.anabranch.protocol.scope.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ScopeConnectionTest implements ScopeListener {

  private static final ScopeName DEMO = new ScopeName("org:demo");
  private static final ModelName NOTE = new ModelName("Note");

  private final List<ScopeMessage.FromClient> sent = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final ScopeConnection connection = new ScopeConnection(sent::add, this);

  @Override
  public void snapshotPart(
      ScopeName scope, Map<ModelName, List<SyncRecord>> models, boolean first) {
    told.add((first ? "first part " : "part ") + models.getOrDefault(NOTE, List.of()).size());
  }

  @Override
  public void snapshotEnds(ScopeName scope, long lastId) {
    told.add("snapshot " + lastId);
  }

  @Override
  public void changed(ScopeName scope, List<SyncEvent> events) {
    told.add("changes " + events.stream().map(SyncEvent::seq).toList());
  }

  @Override
  public void live(ScopeName scope) {
    told.add("live");
  }

  @Override
  public void refetching(ScopeName scope, RefetchReason reason) {
    told.add("refetching " + reason.word());
  }

  @Override
  public void pushed(Ref ref, List<PushOutcome> outcomes) {
    told.add("pushed " + ref + " " + outcomes.size());
  }

  @Override
  public void pushRefused(Ref ref, ScopeMessage.ErrorAnswer why) {
    told.add("push refused " + ref + " " + why.code());
  }

  @Override
  public void followRefused(ScopeName scope, ScopeMessage.ErrorAnswer why) {
    told.add("follow refused " + why.code());
  }

  @Override
  public void presenceRefused(ScopeMessage.ErrorAnswer why) {
    told.add("presence refused " + why.code());
  }

  @Override
  public void present(ScopeMessage.PresenceOf said) {
    told.add("present " + said.client());
  }

  @Override
  public void trouble(ScopeMessage.ErrorAnswer why) {
    told.add("trouble " + why.code());
  }

  @Override
  public void broken(String how, @Nullable ScopeName scope) {
    told.add("broken");
  }

  /// A change whose id is ten times its seq.
  private static SyncEvent event(long seq) {
    return event(DEMO, seq * 10, seq);
  }

  private static SyncEvent event(ScopeName scope, long id, long seq) {
    return new SyncEvent(
        id,
        seq,
        scope,
        NOTE,
        new EntityId("n"),
        Action.INSERT,
        JsonObject.EMPTY,
        null,
        1,
        new PrincipalId("ada"),
        null,
        null,
        0,
        false);
  }

  private void sync(long... seqs) {
    connection.receive(
        new ScopeMessage.Sync(
            DEMO, Arrays.stream(seqs).mapToObj(ScopeConnectionTest::event).toList()));
  }

  private void part(@Nullable Ref ref, int records, boolean last, long lastSyncId) {
    List<SyncRecord> notes = new ArrayList<>();
    for (int index = 0; index < records; index++) {
      notes.add(
          new SyncRecord(
              new EntityId("n" + index), DEMO, 1, 1, 0, 0, JsonObject.EMPTY, null, false));
    }
    connection.receive(
        new ScopeMessage.Bootstrap(DEMO, Map.of(NOTE, notes), last, lastSyncId, ref));
  }

  private Ref lastRef() {
    return switch (sent.getLast()) {
      case ScopeMessage.Subscribe subscribe when subscribe.ref() != null -> subscribe.ref();
      default -> throw new AssertionError("not a subscribe with a ref: " + sent.getLast());
    };
  }

  private long lastCursor() {
    return ((ScopeMessage.Subscribe) sent.getLast()).lastSyncId();
  }

  private void live(long lastSyncId) {
    connection.receive(new ScopeMessage.Live(DEMO, lastSyncId, lastRef()));
  }

  @Test
  void aFreshScopeBeginsWithASnapshotInParts() {
    connection.follow(DEMO, 0, -1);
    part(lastRef(), 2, false, 70);
    part(lastRef(), 1, true, 70);
    sync(8);
    live(80);
    sync(9);

    assertThat(told)
        .containsExactly(
            "first part 2", "part 1", "snapshot 70", "changes [8]", "live", "changes [9]");
  }

  private void bodyPart(String id, int bytes, long rest) {
    SyncRecord record =
        new SyncRecord(
            new EntityId(id), DEMO, 1, 1, 0, 0, JsonObject.EMPTY, Bytes.of(new byte[bytes]), false);
    connection.receive(
        new ScopeMessage.Bootstrap(
            DEMO, Map.of(NOTE, List.of(record)), false, 70, rest, lastRef()));
  }

  @Test
  void aRecordInPartsIsToldOnceItIsWhole() {
    connection.follow(DEMO, 0, -1);
    bodyPart("large", 10, 15);
    bodyPart("large", 10, 5);
    bodyPart("large", 5, 0);
    part(lastRef(), 0, true, 70);
    live(70);

    assertThat(told)
        .containsExactly("first part 0", "part 0", "part 1", "part 0", "snapshot 70", "live");
  }

  @Test
  void partsThatDoNotFitTogetherBreakTheConnection() {
    connection.follow(DEMO, 0, -1);
    bodyPart("large", 10, 15);
    bodyPart("other", 10, 5);

    assertThat(told).last().asString().startsWith("broken");
  }

  @Test
  void partsOfASnapshotThatWasAskedAgainAreForgotten() {
    connection.follow(DEMO, 0, -1);
    bodyPart("large", 10, 15);
    connection.receive(new ScopeMessage.Refetch(DEMO, RefetchReason.ACCESS_CHANGED, lastRef()));
    bodyPart("large", 25, 0);

    assertThat(told).last().asString().isEqualTo("first part 1");
  }

  @Test
  void aKnownScopeGoesOnFromItsCursor() {
    connection.follow(DEMO, 70, 7);
    assertThat(lastCursor()).isEqualTo(70);
    sync(8, 9);
    live(90);

    assertThat(told).containsExactly("changes [8, 9]", "live");
  }

  @Test
  void skipsWhatWasToldBefore() {
    connection.follow(DEMO, 70, 7);
    sync(6, 7, 8);
    sync(8);
    sync(8, 9);

    assertThat(told).containsExactly("changes [8]", "changes [9]");
  }

  @Test
  void neverTellsAcrossAHoleButAsksAgainFromTheCursor() {
    connection.follow(DEMO, 70, 7);
    sync(8, 10, 11);
    assertThat(lastCursor()).isEqualTo(80);
    sync(12); // still of the old subscription
    assertThat(sent).hasSize(2);
    sync(9, 10, 11, 12);

    assertThat(told).containsExactly("changes [8]", "changes [9, 10, 11, 12]");
  }

  @Test
  void asksForASnapshotWhenTheHoleStays() {
    connection.follow(DEMO, 70, 7);
    sync(9);
    for (int again = 1; again < ScopeConnection.HOLES_MAX; again++) {
      assertThat(lastCursor()).isEqualTo(70);
      live(90);
    }

    assertThat(lastCursor()).isZero();
    part(lastRef(), 1, true, 90);
    live(90);
    assertThat(told).containsExactly("first part 1", "snapshot 90", "live");
  }

  @Test
  void goingLiveWithoutTheChangesIsAHole() {
    connection.follow(DEMO, 70, 7);
    live(80);

    assertThat(lastCursor()).isEqualTo(70);
    assertThat(sent).hasSize(2);
    assertThat(told).isEmpty();
  }

  @Test
  void framesOfAnEndedSubscriptionDoNotDisturbASnapshot() {
    connection.follow(DEMO, 70, 7);
    Ref old = lastRef();
    connection.follow(DEMO, 0, -1);
    sync(8);
    connection.receive(new ScopeMessage.Live(DEMO, 80, old));
    part(old, 1, true, 80);
    part(lastRef(), 1, true, 90);

    assertThat(told).containsExactly("first part 1", "snapshot 90");
  }

  @Test
  void refetchAsksForASnapshotByItself() {
    connection.follow(DEMO, 70, 7);
    connection.receive(
        new ScopeMessage.Refetch(DEMO, RefetchReason.CURSOR_BEHIND_RETENTION, lastRef()));

    assertThat(lastCursor()).isZero();
    assertThat(told).containsExactly("refetching cursor_behind_retention");
  }

  @Test
  void refetchInPlaceOfASnapshotBreaksTheProtocol() {
    connection.follow(DEMO, 0, -1);
    connection.receive(new ScopeMessage.Refetch(DEMO, RefetchReason.CURSOR_AHEAD, lastRef()));
    sync(1);

    assertThat(told).containsExactly("broken");
  }

  @Test
  void accessThatChangesForEverIsGivenUp() {
    connection.follow(DEMO, 70, 7);
    for (int round = 0; round <= ScopeConnection.REFETCHES_MAX; round++) {
      connection.receive(new ScopeMessage.Refetch(DEMO, RefetchReason.ACCESS_CHANGED, lastRef()));
    }

    assertThat(told).hasSize(ScopeConnection.REFETCHES_MAX + 1).endsWith("broken");
  }

  @Test
  void liveWithoutTheSnapshotBreaksTheProtocol() {
    connection.follow(DEMO, 0, -1);
    live(0);

    assertThat(told).containsExactly("broken");
  }

  @Test
  void aChangeOfAnotherScopeBreaksTheProtocol() {
    connection.follow(DEMO, 70, 7);
    connection.receive(
        new ScopeMessage.Sync(DEMO, List.of(event(new ScopeName("org:other"), 80, 8))));

    assertThat(told).containsExactly("broken");
  }

  @Test
  void idsThatGoBackBreakTheProtocol() {
    connection.follow(DEMO, 70, 7);
    connection.receive(new ScopeMessage.Sync(DEMO, List.of(event(DEMO, 70, 8))));

    assertThat(told).containsExactly("broken");
  }

  @Test
  void changesOfAScopeThatNobodyFollowsAreIgnored() {
    sync(1);
    connection.follow(DEMO, 70, 7);
    connection.unfollow(DEMO);
    sync(8);

    assertThat(told).isEmpty();
    assertThat(sent.getLast()).isInstanceOf(ScopeMessage.Unsubscribe.class);
  }

  @Test
  void answersToPushesAreMatchedByRef() {
    Ref first = connection.push(List.of(write("k1")), null);
    Ref second = connection.push(List.of(write("k2")), first);
    connection.receive(pushed(first));
    connection.receive(
        new ScopeMessage.ErrorAnswer("too_large", "the frame is too large", null, 0, second));

    assertThat(told)
        .containsExactly("pushed " + first + " 1", "push refused " + second + " too_large");
  }

  @Test
  void anAnswerToNoPushBreaksTheProtocol() {
    Ref ref = connection.push(List.of(write("k1")), null);
    connection.receive(pushed(ref));
    connection.receive(pushed(ref));

    assertThat(told).containsExactly("pushed " + ref + " 1", "broken");
  }

  @Test
  void aRefusedSubscriptionIsOver() {
    connection.follow(DEMO, 70, 7);
    connection.receive(
        new ScopeMessage.ErrorAnswer("forbidden", "no right to read", DEMO.text(), 0, lastRef()));
    sync(8);

    assertThat(told).containsExactly("follow refused forbidden");
  }

  @Test
  void aRefusedPresenceLeavesTheSubscriptionAlive() {
    connection.follow(DEMO, 70, 7);
    connection.present(DEMO, "", new DeviceId("phone"), JsonObject.EMPTY, 1000);
    Ref asked = ((ScopeMessage.Presence) sent.getLast()).ref();
    connection.receive(
        new ScopeMessage.ErrorAnswer("presence_full", "too many", DEMO.text(), 0, asked));
    sync(8);

    assertThat(told).containsExactly("presence refused presence_full", "changes [8]");
  }

  @Test
  void anErrorThatNamesNoRequestEndsNoSubscription() {
    connection.follow(DEMO, 70, 7);
    connection.receive(
        new ScopeMessage.ErrorAnswer("rate_limited", "too fast", DEMO.text(), 100, null));
    sync(8);

    assertThat(told).containsExactly("trouble rate_limited", "changes [8]");
  }

  @Test
  void otherErrorsAreToldAsTheyAre() {
    connection.receive(new ScopeMessage.ErrorAnswer("internal", "broke", null, 0, null));

    assertThat(told).containsExactly("trouble internal");
  }

  @Test
  void pingAndPresenceGoOutAsTheyAre() {
    connection.ping();
    connection.present(DEMO, "", new DeviceId("phone"), JsonObject.EMPTY, 1000);
    connection.receive(new ScopeMessage.Pong(null, null));
    connection.receive(
        new ScopeMessage.PresenceOf(
            DEMO, "", new PrincipalId("ada"), "tablet", 7, JsonObject.EMPTY, 500));

    assertThat(sent).hasSize(2);
    assertThat(told).containsExactly("present 7");
  }

  private static PushWrite write(String key) {
    return PushWrite.of(
        new WriteKey(key), DEMO, NOTE, new EntityId("n"), Action.INSERT, JsonObject.EMPTY);
  }

  private static ScopeMessage.Pushed pushed(Ref ref) {
    return new ScopeMessage.Pushed(
        List.of(PushOutcome.first(new WriteKey("k1"), new PushOutcome.Applied(1, 1, 1))), ref);
  }
}
