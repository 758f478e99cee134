package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.DocumentUpdate;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What becomes of edits of documents, case by case.
final class DocumentSessionTest {

  private static final ScopeName DEMO = new ScopeName("org:demo");
  private static final EntityKey MINUTES =
      new EntityKey(DEMO, new ModelName("document"), new EntityId("minutes"));
  private static final SessionLimits LIMITS =
      new SessionLimits(100, 10, 100_000, 4, 100, 1_000, 20_000, 45_000);

  private final ToyServer server = new ToyServer();
  private final SimulatedDevice phone = device("phone");
  private final SimulatedDevice tablet = device("tablet");
  private final SimulatedEditor onPhone = new SimulatedEditor(phone, MINUTES, new Random(3));
  private final SimulatedEditor onTablet = new SimulatedEditor(tablet, MINUTES, new Random(4));

  private SimulatedDevice device(String name) {
    return new SimulatedDevice(
        name, server, ConflictRule.KEEP_THEIRS, LIMITS, new Random(name.hashCode()));
  }

  private static void online(SimulatedDevice device) {
    device.step(ReplicaSession::goOnline);
    if (device.isDialling()) {
      device.connect();
    }
    device.settle();
  }

  private static @Nullable QueuedWrite type(SimulatedEditor editor, String text) {
    return editor.edit(document -> {
      var body = document.text("body");
      body.insert(body.length(), text);
    });
  }

  private static List<QueuedWrite> queued(SimulatedDevice device) {
    return device.read(ReplicaReading::pending);
  }

  private List<WriteOutcome> outcomes() {
    return phone.told(Notice.WriteSettled.class).stream()
        .map(Notice.WriteSettled::outcome)
        .toList();
  }

  @Test
  void whatOneTypesTheOtherReads() {
    online(phone);
    online(tablet);
    type(onPhone, "one ");
    phone.settle();
    tablet.settle();
    type(onTablet, "two");
    tablet.settle();
    phone.settle();

    assertThat(onPhone.text()).isEqualTo("one two").isEqualTo(onTablet.text());
    assertThat(server.log()).extracting("action").containsOnly(Action.MERGE);
  }

  @Test
  void anEveningOfTypingOfflineIsOneWrite() {
    for (int key = 0; key < 300; key++) {
      type(onPhone, "x");
    }
    assertThat(queued(phone)).hasSize(1);
    onPhone.reopen();
    assertThat(onPhone.text()).hasSize(300);
    online(phone);

    assertThat(server.log()).hasSize(1);
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void aWriteTakesUpOnlySoMuch() {
    String page = "x".repeat(WriteQueue.GATHERED_BYTES_MAX / 2 - 200);
    type(onPhone, page);
    type(onPhone, page);
    type(onPhone, page);

    assertThat(queued(phone)).hasSize(2);
  }

  @Test
  void aWriteThatIsUnderWayTakesNothingMore() {
    online(phone);
    type(onPhone, "one");
    phone.deliverOut();
    type(onPhone, "two");

    assertThat(queued(phone)).hasSize(2);
    phone.settle();
    assertThat(server.log()).hasSize(2);
  }

  @Test
  void aWriteThatAnEarlierProcessMayHaveSentTakesNothingMore() {
    type(onPhone, "one");
    phone.stepAndDie(session -> {});
    onPhone.reopen();
    type(onPhone, "two");

    assertThat(queued(phone)).hasSize(2);
    assertThat(onPhone.text()).isEqualTo("onetwo");
  }

  @Test
  void anEditDoesNotOvertakeAWriteThatWasMadeBeforeIt() {
    type(onPhone, "one");
    phone.write(Draft.put(ToyServer.key(DEMO, "n"), JsonObject.EMPTY.with("n", 1)));
    type(onPhone, "two");

    assertThat(queued(phone)).hasSize(3);
  }

  @Test
  void aRefusedEditIsTakenBackAndWhatStoodOnItToo() {
    online(phone);
    type(onPhone, "fine");
    phone.settle();
    server.refusedDocuments.add(MINUTES);
    type(onPhone, " refused");
    phone.deliverOut();
    type(onPhone, " and more");
    phone.settle();

    assertThat(onPhone.text()).isEqualTo("fine");
    assertThat(outcomes().subList(1, 3)).allMatch(WriteOutcome.Refused.class::isInstance);
    assertThat(phone.session().isQuiet()).isTrue();
    assertThat(onPhone.clientIds).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void aDocumentThatSomebodyDeletedIsEmptyForAll() {
    online(phone);
    online(tablet);
    type(onPhone, "old");
    phone.settle();
    tablet.settle();
    server.write(MINUTES, Action.DELETE, null);
    phone.settle();
    tablet.settle();
    assertThat(onPhone.text()).isEmpty();
    type(onTablet, "new");
    tablet.settle();
    phone.settle();

    assertThat(onPhone.text()).isEqualTo("new").isEqualTo(onTablet.text());
  }

  @Test
  void aDocumentThatWasDeletedAndMadeAnewMeanwhileIsTheNewOne() {
    online(phone);
    type(onPhone, "old");
    phone.settle();
    phone.cut();
    server.write(MINUTES, Action.DELETE, null);
    server.clock(5_000);
    online(tablet);
    type(onTablet, "new");
    tablet.settle();
    phone.tick(phone.wakeAt);
    phone.connect();
    server.refetch(DEMO);
    phone.settle();

    assertThat(onPhone.text()).isEqualTo("new");
  }

  @Test
  void anEditThatDidNotKnowOfTheDeleteMakesTheDocumentAgain() {
    online(phone);
    type(onPhone, "kept ");
    phone.settle();
    phone.cut();
    type(onPhone, "whole");
    server.write(MINUTES, Action.DELETE, null);
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();
    online(tablet);

    assertThat(onTablet.text()).isEqualTo("kept whole").isEqualTo(onPhone.text());
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void whatTheServerLostAndIsTooLargeForOneWriteIsSentAgainInParts() {
    online(phone);
    online(tablet);
    String page = "x".repeat(Draft.BODY_BYTES_MAX * 2 / 3);
    type(onPhone, page);
    phone.settle();
    type(onPhone, page);
    phone.settle();
    tablet.settle();
    tablet.cut();
    server.loseTheLast(2);
    tablet.tick(tablet.wakeAt);
    tablet.connect();
    tablet.settle();

    assertThat(onTablet.text()).hasSize(2 * page.length());
    assertThat(tablet.told(Notice.Trouble.class)).isEmpty();
    assertThat(server.log()).hasSizeGreaterThan(1);
    assertThat(server.log())
        .allMatch(event -> event.body() != null && event.body().size() <= Draft.BODY_BYTES_MAX);
    assertThat(tablet.session().isQuiet()).isTrue();
    phone.cut();
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();
    assertThat(onPhone.text()).hasSize(2 * page.length());
  }

  @Test
  void aDocumentThatIsNoUpdateIsLeftOut() {
    online(phone);
    type(onPhone, "fine");
    phone.settle();
    SyncEvent last = server.log().getLast();
    phone.hear(
        new ScopeMessage.Sync(
            DEMO,
            List.of(
                new SyncEvent(
                    last.id() + 1,
                    last.seq() + 1,
                    DEMO,
                    MINUTES.model(),
                    MINUTES.id(),
                    Action.MERGE,
                    null,
                    Bytes.of(new byte[] {9, 9, 9}),
                    2,
                    last.author(),
                    null,
                    new WriteKey("garbled"),
                    1,
                    false))));
    phone.settle();

    assertThat(onPhone.text()).isEqualTo("fine");
    assertThat(phone.told(Notice.Trouble.class)).hasSize(1);
  }

  @Test
  void manyUpdatesAreFoldedIntoOne() {
    online(phone);
    online(tablet);
    for (int key = 0; key < Documents.KEPT_MAX * 2 + 10; key++) {
      type(onTablet, "x");
      tablet.settle();
      phone.settle();
    }
    List<DocumentUpdate> kept = phone.read(replica -> replica.updates(MINUTES, 0));
    assertThat(kept).hasSizeLessThanOrEqualTo(Documents.KEPT_MAX);
    assertThat(onPhone.text()).hasSize(Documents.KEPT_MAX * 2 + 10);
    onPhone.reopen();

    assertThat(onPhone.text()).hasSize(Documents.KEPT_MAX * 2 + 10);
  }

  @Test
  void aScopeThatIsForgottenTakesItsDocumentsAlong() {
    online(phone);
    type(onPhone, "gone");
    phone.settle();
    phone.step(session -> assertThat(session.forget(DEMO)).isTrue());

    assertThat(onPhone.text()).isEmpty();
    assertThat(phone.<List<DocumentUpdate>>read(replica -> replica.updates(MINUTES, 0))).isEmpty();
    phone.settle(); // having it open follows the scope again

    assertThat(onPhone.text()).isEqualTo("gone");
  }

  /// Chance says the same twice; the second session must not take what the first one used.
  @Test
  void neverEditsUnderAClientIdThatTheDocumentKnows() {
    type(onPhone, "one");
    long used = onPhone.clientIds.getFirst();
    SimulatedEditor again = new SimulatedEditor(phone, MINUTES, new Random(3));

    assertThat(again.clientIds.getFirst()).isNotEqualTo(used);
    assertThat(Objects.requireNonNull(type(again, "two")).entity()).isEqualTo(MINUTES);
  }
}
