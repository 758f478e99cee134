package dev.anabranch.client.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The exam that every local copy sits.
abstract class ReplicaStoreContract {

  static final ScopeName DEMO = new ScopeName("org:demo");
  static final ScopeName OTHER = new ScopeName("org:other");
  static final ModelName NOTE = new ModelName("Note");
  static final ModelName TASK = new ModelName("Task");

  private @Nullable ReplicaStore opened;

  /// The copy of this test; the same one again when it is called a second time.
  abstract ReplicaStore open(DeviceId fresh);

  private ReplicaStore store() {
    ReplicaStore store = opened;
    if (store == null) {
      store = open(new DeviceId("phone"));
      opened = store;
    }
    return store;
  }

  private ReplicaStore reopen() {
    store().close();
    opened = null;
    ReplicaStore store = open(new DeviceId("another"));
    opened = store;
    return store;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private void write(Consumer<ReplicaTransaction> work) {
    store()
        .write(transaction -> {
          work.accept(transaction);
          return true;
        });
  }

  private List<EntityKey> differences(ScopeName scope) {
    return store()
        .<List<StagedDifference>>write(replica -> replica.stagedDifferences(scope))
        .stream()
        .map(StagedDifference::key)
        .toList();
  }

  static EntityKey key(ScopeName scope, ModelName model, String id) {
    return new EntityKey(scope, model, new EntityId(id));
  }

  static KnownEntity note(String id, String title, long syncId) {
    return new KnownEntity(
        key(DEMO, NOTE, id), 1, JsonObject.EMPTY.with("title", title), null, 5, 6, syncId);
  }

  static QueuedWrite put(String key, EntityKey entity, String title) {
    return QueuedWrite.fresh(
        new WriteKey(key), Draft.put(entity, JsonObject.EMPTY.with("title", title)), null);
  }

  @Test
  void keepsTheDeviceNameItWasMadeWith() {
    assertThat(store().<DeviceId>read(ReplicaReading::device)).isEqualTo(new DeviceId("phone"));
    assertThat(reopen().<DeviceId>read(ReplicaReading::device)).isEqualTo(new DeviceId("phone"));
  }

  @Test
  void tellsAnEntityAsItWasPut() {
    KnownEntity entity =
        new KnownEntity(
            key(DEMO, NOTE, "n/1 ☂"),
            7,
            JsonObject.EMPTY.with("title", "a\"b\\ü").with("gone", JsonNull.NULL).with("n", 3),
            Bytes.of(new byte[] {0, -1, 5}),
            11,
            12,
            13);
    write(replica -> replica.put(entity));

    assertThat(reopen().<Optional<KnownEntity>>read(replica -> replica.known(entity.key())))
        .contains(entity);
  }

  static Bytes bytes(int value) {
    return Bytes.of(new byte[] {(byte) value, 0, -1});
  }

  private List<Bytes> updates(EntityKey document, long after) {
    return store().<List<DocumentUpdate>>read(replica -> replica.updates(document, after)).stream()
        .map(DocumentUpdate::update)
        .toList();
  }

  @Test
  void keepsUpdatesOfADocumentInTheOrderOfTheirArrival() {
    EntityKey minutes = key(DEMO, new ModelName("document"), "minutes");
    EntityKey other = key(OTHER, new ModelName("document"), "minutes");
    write(replica -> {
      assertThat(replica.keep(minutes, bytes(1))).isEqualTo(1);
      assertThat(replica.keep(other, bytes(9))).isEqualTo(1);
      assertThat(replica.keep(minutes, bytes(2))).isEqualTo(2);
    });
    List<DocumentUpdate> kept = store().read(replica -> replica.updates(minutes, 0));
    assertThat(updates(minutes, kept.getFirst().number())).containsExactly(bytes(2));
    reopen();

    assertThat(updates(minutes, 0)).containsExactly(bytes(1), bytes(2));
    assertThat(store().<List<EntityKey>>read(replica -> replica.documents(DEMO)))
        .containsExactly(minutes);
  }

  @Test
  void foldsTheUpdatesOfADocumentIntoOneWithALaterNumber() {
    EntityKey minutes = key(DEMO, new ModelName("document"), "minutes");
    write(replica -> replica.keep(minutes, bytes(1)));
    List<DocumentUpdate> before = store().read(replica -> replica.updates(minutes, 0));
    write(replica -> replica.keepOnly(minutes, bytes(3)));
    List<DocumentUpdate> after = store().read(replica -> replica.updates(minutes, 0));
    assertThat(after).extracting(DocumentUpdate::update).containsExactly(bytes(3));
    assertThat(after.getFirst().number()).isGreaterThan(before.getFirst().number());
    write(replica -> replica.keepOnly(minutes, null));

    assertThat(updates(minutes, 0)).isEmpty();
  }

  @Test
  void forgetsTheDocumentsOfAScopeWithIt() {
    EntityKey minutes = key(DEMO, new ModelName("document"), "minutes");
    write(replica -> replica.keep(minutes, bytes(1)));
    write(replica -> replica.forget(DEMO));

    assertThat(updates(minutes, 0)).isEmpty();
  }

  @Test
  void keepsTheBodyOfAMergeAndWhatIsGatheredInIt() {
    EntityKey minutes = key(DEMO, new ModelName("document"), "minutes");
    Draft merge = Draft.merge(minutes, bytes(1));
    QueuedWrite queued =
        store()
            .write(replica -> replica.enqueue(QueuedWrite.fresh(new WriteKey("k"), merge, null)));
    assertThat(reopen().<List<QueuedWrite>>read(replica -> replica.pending(minutes)))
        .containsExactly(queued);
    write(replica -> replica.amend(queued.number(), bytes(2)));

    assertThat(reopen().<List<QueuedWrite>>read(ReplicaReading::pending))
        .containsExactly(queued.holding(bytes(2)));
  }

  @Test
  void tellsAStagedEntityBeforeItIsAdopted() {
    KnownEntity staged = note("n1", "one", 1);
    write(replica -> {
      replica.stage(List.of(staged));
      assertThat(replica.staged(staged.key())).contains(staged);
      assertThat(replica.staged(key(DEMO, NOTE, "n2"))).isEmpty();
    });
  }

  @Test
  void replacesAndRemovesEntities() {
    write(replica -> replica.put(note("n1", "one", 1)));
    write(replica -> replica.put(note("n1", "two", 2)));
    assertThat(store().<Optional<KnownEntity>>read(replica -> replica.known(key(DEMO, NOTE, "n1"))))
        .contains(note("n1", "two", 2));

    write(replica -> replica.remove(key(DEMO, NOTE, "n1")));
    write(replica -> replica.remove(key(DEMO, NOTE, "n1")));
    assertThat(store().<Optional<KnownEntity>>read(replica -> replica.known(key(DEMO, NOTE, "n1"))))
        .isEmpty();
  }

  @Test
  void listsAModelByIdPageByPage() {
    write(replica -> {
      for (String id : List.of("c", "a", "d", "b")) {
        replica.put(note(id, id, 1));
      }
      replica.put(new KnownEntity(key(DEMO, TASK, "t"), 1, JsonObject.EMPTY, null, 0, 0, 1));
      replica.put(new KnownEntity(key(OTHER, NOTE, "x"), 1, JsonObject.EMPTY, null, 0, 0, 1));
    });

    List<KnownEntity> first = store().read(replica -> replica.known(DEMO, NOTE, null, 3));
    List<KnownEntity> rest =
        store().read(replica -> replica.known(DEMO, NOTE, new EntityId("c"), 3));

    assertThat(first).extracting(entity -> entity.key().id().text()).containsExactly("a", "b", "c");
    assertThat(rest).extracting(entity -> entity.key().id().text()).containsExactly("d");
  }

  @Test
  void keepsCursorsByScope() {
    write(replica -> {
      replica.place(ScopeCursor.start(OTHER));
      replica.place(new ScopeCursor(DEMO, 10, 4));
    });
    write(replica -> replica.place(new ScopeCursor(DEMO, 12, 5)));

    assertThat(reopen().<List<ScopeCursor>>read(ReplicaReading::cursors))
        .containsExactly(new ScopeCursor(DEMO, 12, 5), ScopeCursor.start(OTHER));
    assertThat(store().<Optional<ScopeCursor>>read(replica -> replica.cursor(DEMO)))
        .contains(new ScopeCursor(DEMO, 12, 5));
    assertThat(
            store()
                .<Optional<ScopeCursor>>read(replica -> replica.cursor(new ScopeName("org:none"))))
        .isEmpty();
  }

  @Test
  void keepsPendingWritesInOrderWithEverythingThatBelongsToThem() {
    QueuedWrite plain = put("k1", key(DEMO, NOTE, "n1"), "one");
    QueuedWrite careful =
        QueuedWrite.fresh(
            new WriteKey("k2"),
            Draft.patch(key(DEMO, NOTE, "n1"), JsonObject.EMPTY.with("x", JsonNull.NULL))
                .expecting(0),
            JsonObject.EMPTY.with("title", "seen"));
    QueuedWrite delete =
        QueuedWrite.fresh(new WriteKey("k3"), Draft.delete(key(DEMO, TASK, "t")), null);
    write(replica -> List.of(plain, careful, delete).forEach(replica::enqueue));

    List<QueuedWrite> pending = reopen().read(ReplicaReading::pending);

    assertThat(pending)
        .extracting(QueuedWrite::key)
        .containsExactly(new WriteKey("k1"), new WriteKey("k2"), new WriteKey("k3"));
    assertThat(pending).isSortedAccordingTo((one, two) -> Long.compare(one.number(), two.number()));
    assertThat(pending.get(1)).isEqualTo(careful.numbered(pending.get(1).number()));
    assertThat(pending.get(2).draft().data()).isNull();
    assertThat(store().<List<QueuedWrite>>read(replica -> replica.pending(DEMO, NOTE))).hasSize(2);
    assertThat(store().<List<QueuedWrite>>read(replica -> replica.pending(key(DEMO, TASK, "t"))))
        .hasSize(1);
  }

  @Test
  void replacesAWriteAtItsPlace() {
    EntityKey entity = key(DEMO, NOTE, "a");
    QueuedWrite first = store().write(replica -> replica.enqueue(put("k1", entity, "1")));
    QueuedWrite second =
        store()
            .write(replica ->
                replica.enqueue(
                    QueuedWrite.fresh(
                        new WriteKey("k2"),
                        Draft.delete(entity).expecting(3),
                        JsonObject.EMPTY.with("title", "1"),
                        first.number())));
    assertThat(reopen().<List<QueuedWrite>>read(ReplicaReading::pending))
        .containsExactly(first, second);
    QueuedWrite other =
        put("k3", entity, "other").numbered(first.number()).expecting(7).accepted(9, 8);
    write(replica -> {
      replica.replace(other);
      replica.replace(put("k4", entity, "gone").numbered(second.number() + 1));
      replica.replace(second.expecting(8));
    });

    assertThat(reopen().<List<QueuedWrite>>read(ReplicaReading::pending))
        .containsExactly(other, second.expecting(8));
  }

  @Test
  void neverGivesAPlaceInTheQueueTwice() {
    QueuedWrite first =
        store().write(replica -> replica.enqueue(put("k1", key(DEMO, NOTE, "a"), "1")));
    write(replica -> replica.drop(first.number()));
    QueuedWrite second =
        reopen().write(replica -> replica.enqueue(put("k2", key(DEMO, NOTE, "a"), "2")));

    assertThat(second.number()).isGreaterThan(first.number());
  }

  @Test
  void remembersWhichWritesWereAcceptedAndForgetsDroppedOnes() {
    QueuedWrite one =
        store().write(replica -> replica.enqueue(put("k1", key(DEMO, NOTE, "a"), "1")));
    QueuedWrite two =
        store().write(replica -> replica.enqueue(put("k2", key(DEMO, NOTE, "a"), "2")));
    write(replica -> {
      replica.accept(one.number(), 99, 4);
      replica.drop(two.number());
    });

    assertThat(reopen().<List<QueuedWrite>>read(ReplicaReading::pending))
        .containsExactly(one.accepted(99, 4));
  }

  @Test
  void remembersWhichWritesWereDecidedWithoutAnAnswer() {
    QueuedWrite one =
        store().write(replica -> replica.enqueue(put("k1", key(DEMO, NOTE, "a"), "1")));
    write(replica -> {
      replica.decide(one.number());
      replica.decide(one.number() + 1);
    });

    assertThat(reopen().<List<QueuedWrite>>read(ReplicaReading::pending))
        .containsExactly(one.decidedUnanswered());
  }

  @Test
  void namesTheModelsOfKnownEntitiesAndPendingWrites() {
    write(replica -> {
      replica.put(note("n", "t", 1));
      replica.enqueue(put("k", key(DEMO, TASK, "t"), "x"));
      replica.enqueue(put("k", key(OTHER, new ModelName("Else"), "t"), "x"));
    });

    assertThat(store().<List<ModelName>>read(replica -> replica.models(DEMO)))
        .containsExactly(NOTE, TASK);
  }

  @Test
  void aStagedSnapshotIsSeenOnlyWhenItIsAdopted() {
    write(replica -> {
      replica.put(note("stays", "same", 1));
      replica.put(note("changes", "old", 1));
      replica.put(note("goes", "old", 1));
      replica.put(new KnownEntity(key(OTHER, NOTE, "x"), 1, JsonObject.EMPTY, null, 0, 0, 1));
      replica.stage(List.of(note("left over", "from before", 1)));
      replica.unstage(DEMO);
      replica.stage(List.of(note("stays", "same", 1), note("changes", "new", 2)));
      replica.stage(List.of(note("comes", "new", 3)));
    });
    assertThat(store().<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
        .hasSize(3);

    List<EntityKey> differing = differences(DEMO);
    write(replica -> replica.adoptStaged(DEMO));

    assertThat(differing)
        .containsExactlyInAnyOrder(
            key(DEMO, NOTE, "changes"), key(DEMO, NOTE, "comes"), key(DEMO, NOTE, "goes"));
    assertThat(reopen().<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
        .containsExactly(
            note("changes", "new", 2), note("comes", "new", 3), note("stays", "same", 1));
    assertThat(store().<List<KnownEntity>>read(replica -> replica.known(OTHER, NOTE, null, 10)))
        .hasSize(1);
    assertThat(differences(OTHER)).hasSize(1);
  }

  @Test
  void aDifferenceShowsBothSides() {
    write(replica -> {
      replica.put(note("changes", "old", 1));
      replica.put(note("goes", "old", 1));
      replica.stage(List.of(note("changes", "new", 2), note("comes", "new", 3)));
    });

    List<StagedDifference> differences = store().write(replica -> replica.stagedDifferences(DEMO));

    assertThat(differences)
        .containsExactlyInAnyOrder(
            new StagedDifference(
                key(DEMO, NOTE, "changes"), note("changes", "old", 1), note("changes", "new", 2)),
            new StagedDifference(key(DEMO, NOTE, "comes"), null, note("comes", "new", 3)),
            new StagedDifference(key(DEMO, NOTE, "goes"), note("goes", "old", 1), null));
  }

  @Test
  void aForgottenScopeIsGoneButForItsPendingWrites() {
    write(replica -> {
      replica.put(note("n1", "gone", 1));
      replica.stage(List.of(note("n2", "gone", 1)));
      replica.place(new ScopeCursor(DEMO, 1, 1));
      replica.place(new ScopeCursor(OTHER, 2, 2));
      replica.enqueue(put("k", key(DEMO, NOTE, "n3"), "stays"));
    });
    write(replica -> replica.forget(DEMO));

    ReplicaStore again = reopen();
    assertThat(again.<List<ScopeCursor>>read(ReplicaReading::cursors))
        .containsExactly(new ScopeCursor(OTHER, 2, 2));
    assertThat(again.<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
        .isEmpty();
    assertThat(again.<List<QueuedWrite>>read(ReplicaReading::pending)).hasSize(1);
    assertThat(differences(DEMO)).isEmpty();
  }

  @Test
  void workThatThrowsLeavesNothingBehind() {
    write(replica -> {
      replica.put(note("n1", "before", 1));
      replica.place(new ScopeCursor(DEMO, 1, 1));
    });
    assertThatThrownBy(() ->
            write(replica -> {
              replica.put(note("n1", "after", 2));
              replica.put(note("n2", "after", 2));
              replica.place(new ScopeCursor(DEMO, 2, 2));
              replica.enqueue(put("k", key(DEMO, NOTE, "n1"), "x"));
              throw new IllegalStateException("pulled the plug");
            }))
        .hasMessage("pulled the plug");

    ReplicaStore again = reopen();
    assertThat(again.<List<KnownEntity>>read(replica -> replica.known(DEMO, NOTE, null, 10)))
        .containsExactly(note("n1", "before", 1));
    assertThat(again.<List<ScopeCursor>>read(ReplicaReading::cursors))
        .containsExactly(new ScopeCursor(DEMO, 1, 1));
    assertThat(again.<List<QueuedWrite>>read(ReplicaReading::pending)).isEmpty();
  }

  @Test
  void aTransactionSeesWhatItDid() {
    long seen =
        store()
            .write(replica -> {
              replica.put(note("n1", "fresh", 1));
              replica.enqueue(put("k", key(DEMO, NOTE, "n1"), "x"));
              return replica.known(key(DEMO, NOTE, "n1")).orElseThrow().syncId()
                  + replica.pending(key(DEMO, NOTE, "n1")).size();
            });

    assertThat(seen).isEqualTo(2);
  }
}
