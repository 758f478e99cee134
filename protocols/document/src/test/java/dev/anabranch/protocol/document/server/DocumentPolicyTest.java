package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.BlockId;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.Subscription;
import dev.anabranch.crdt.UpdateInspection.Range;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is accepted of an update before it is applied.
class DocumentPolicyTest {
  private static final Random RANDOM = new Random(3);
  private final DocumentPolicy policy = new DocumentPolicy(DocumentLimits.DEFAULT);

  @Test
  void anUpdateIsNoLongerThanAMessage() {
    int most = DocumentLimits.DEFAULT.messageBytesMax();

    assertThat(policy.accepts(new UpdateV1(new byte[most]))).isEmpty();
    assertThat(policy.accepts(new UpdateV1(new byte[most + 1])))
        .map(Refusal::fault)
        .contains(DocumentFault.TOO_LARGE);
  }

  @Test
  void aCopyKnowsWhatAnUpdateWouldAdd() {
    Document document = Document.create(DocumentOptions.forEditing(RANDOM));
    document.transact(null, transaction -> document.text("t").insert(0, "abc"));
    DocumentCopy before = new DocumentCopy(1, 1, document.encodeV1(), 0);
    document.transact(null, transaction -> document.text("t").delete(1, 1));
    DocumentCopy after = new DocumentCopy(2, 2, document.encodeV1(), 0);

    assertThat(before.lacks(after.state(), RANDOM)).isTrue();
    assertThat(after.lacks(after.state(), RANDOM)).isFalse();
    assertThat(after.lacks(before.state(), RANDOM)).isFalse();
    assertThat(after.lackedBy(StateVector.EMPTY)).isEqualTo(after.state());
  }

  @Test
  void aCopyHoldsWhatWaitsInIt() {
    Document document = Document.create(DocumentOptions.forEditing(RANDOM));
    List<UpdateV1> typed = new ArrayList<>();
    for (String word : List.of("one", "two", "three", "four")) {
      typed.add(edited(document, () -> document.text("t").insert(0, word)));
    }
    UpdateV1 deleted = edited(document, () -> document.text("t").delete(4, 2));
    UpdateV1 more = edited(document, () -> document.text("t").delete(4, 2));
    UpdateV1 gapped = Updates.mergeV1(List.of(typed.get(0), typed.get(2), deleted));

    for (UpdateV1 state : List.of(gapped, DocumentCopy.load(gapped, RANDOM).encodeV1())) {
      DocumentCopy copy = new DocumentCopy(1, 1, state, 0);
      assertThat(copy.lacks(state, RANDOM)).isFalse();
      assertThat(copy.lacks(typed.get(2), RANDOM)).isFalse();
      assertThat(copy.lacks(deleted, RANDOM)).isFalse();
      assertThat(copy.lacks(typed.get(1), RANDOM)).isTrue();
      assertThat(copy.lacks(typed.get(3), RANDOM)).isTrue();
      assertThat(copy.lacks(Updates.mergeV1(List.of(typed.get(1), typed.get(2))), RANDOM)).isTrue();
      assertThat(copy.lacks(more, RANDOM)).isTrue();
    }
  }

  @Test
  void aCopyHoldsWhatFellWithSomethingElse() {
    Document document = Document.create(DocumentOptions.forEditing(RANDOM));
    ((SharedMap) document.map("m").putType("inner", NewType.MAP)).put("k", Any.of(1));
    UpdateV1 whole = document.encodeV1();
    UpdateV1 removed = edited(document, () -> document.map("m").remove("inner"));
    DocumentCopy copy = new DocumentCopy(1, 1, Updates.mergeV1(List.of(whole, removed)), 0);

    assertThat(copy.lacks(document.encodeV1(), RANDOM)).isFalse();
  }

  private static UpdateV1 edited(Document document, Runnable edit) {
    List<UpdateV1> made = new ArrayList<>();
    try (Subscription heard = document.onUpdateV1(update -> made.add(update.update()))) {
      document.transact(heard, transaction -> edit.run());
    }
    return Updates.mergeV1(made);
  }

  @Test
  void whatIsHeldIsCoveredInOnePieceOrInSeveral() {
    HeldRanges held = new HeldRanges();
    held.add(7, 0, 3);
    held.add(7, 5, 2);
    held.add(7, 3, 1);
    held.add(7, 10, 1);

    assertThat(held.missing(range(0, 4))).isEmpty();
    assertThat(held.missing(range(2, 10))).containsExactly(range(4, 1), range(7, 3), range(11, 1));
    assertThat(held.missing(new Range(new BlockId(8, 0), 1))).hasSize(1);
  }

  private static Range range(int from, int length) {
    return new Range(new BlockId(7, from), length);
  }

  @Test
  void updatesGatherWhileACommitIsUnderWay() {
    List<List<UpdateV1>> batches = new ArrayList<>();
    UpdateQueue queue = new UpdateQueue(5, batches::add);
    queue.add(new UpdateV1(new byte[2]));
    queue.flush();
    queue.add(new UpdateV1(new byte[2]));
    queue.add(new UpdateV1(new byte[2]));
    queue.add(new UpdateV1(new byte[2]));
    queue.flush();
    assertThat(batches).hasSize(1);
    queue.settled();
    queue.settled();

    assertThat(batches).extracting(List::size).containsExactly(1, 2, 1);
    assertThat(queue.bytes()).isZero();
  }
}
