package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
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
