package dev.anabranch.server.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.rule.DocumentMerge;
import dev.anabranch.testkit.promise.K10ReplicasConverge;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the rule `document` keeps is the same, however the updates came (K10).
class CrdtMergeTest {

  private final DocumentMerge merge = new CrdtMerge(new Random(1));

  /// The updates of three who type, delete and set, and hear of each other now and then.
  private static List<Bytes> updates(Random random) {
    List<Bytes> updates = new ArrayList<>();
    List<Document> writers = new ArrayList<>();
    for (int writer = 0; writer < 3; writer++) {
      Document document =
          Document.create(DocumentOptions.forEditing(new Random(random.nextLong())));
      document.onUpdateV1(told -> {
        if (told.transaction().isLocal()) {
          updates.add(Bytes.of(told.update().bytes()));
        }
      });
      writers.add(document);
    }
    for (int step = 0; step < 60; step++) {
      Document writer = writers.get(random.nextInt(3));
      SharedText text = writer.text("body");
      switch (random.nextInt(5)) {
        case 0 -> writer.apply(writers.get(random.nextInt(3)).encodeV1(), "other");
        case 1 -> text.delete(0, Math.min(2, text.length()));
        case 2 -> writer.map("meta").put("k" + random.nextInt(3), Any.of(random.nextInt(9)));
        default -> text.insert(random.nextInt(text.length() + 1), "w" + step);
      }
    }
    return updates;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void updatesInAnyOrderAndSomeOfThemTwiceMakeTheSame(long seed) {
    List<Bytes> updates = updates(new Random(seed));
    assertThat(updates).hasSizeGreaterThan(30);
    assertThat(K10ReplicasConverge.broken(merge, updates, seed)).isEmpty();
  }

  @Test
  void whatIsSettledHoldsTheSame() {
    List<Bytes> updates = updates(new Random(7));
    Bytes whole = merge.mergeAll(null, updates);
    Bytes half = merge.settle(merge.mergeAll(null, updates.subList(0, updates.size() / 2)));
    Bytes rest = merge.mergeAll(half, updates.subList(updates.size() / 2, updates.size()));
    assertThat(merge.isSame(whole, merge.settle(whole))).isTrue();
    assertThat(merge.isSame(whole, merge.settle(rest))).isTrue();
    assertThat(merge.isSame(whole, half)).isFalse();
  }
}
