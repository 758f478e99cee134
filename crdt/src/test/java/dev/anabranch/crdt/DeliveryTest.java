package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However updates arrive, the same document comes of them.
class DeliveryTest {
  private final List<UpdateV1> updates = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyOrderMakesTheSameDocument(long seed) {
    UpdateV1 expected = writeTogether(new Random(seed));
    List<UpdateV1> shuffled = new ArrayList<>(updates);
    Collections.shuffle(shuffled, new Random(seed));

    Document late = EditingTrace.document(77);
    ApplyResult last = new ApplyResult(StateVector.EMPTY, false);
    for (UpdateV1 update : shuffled) {
      last = late.apply(update, null);
    }

    assertThat(last.isComplete()).isTrue();
    assertThat(late.encodeV1()).as("seed " + seed).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatComesTwiceChangesNothing(long seed) {
    UpdateV1 expected = writeTogether(new Random(seed));
    Random random = new Random(seed);
    Document document = EditingTrace.document(77);
    for (int i = 0; i < updates.size(); i++) {
      document.apply(updates.get(i), null);
      document.apply(updates.get(random.nextInt(i + 1)), null);
    }

    assertThat(document.encodeV1()).as("seed " + seed).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void mergedAndOverlappingUpdatesMakeTheSameDocument(long seed) {
    UpdateV1 expected = writeTogether(new Random(seed));
    Random random = new Random(seed);
    Document document = EditingTrace.document(77);
    for (int part = 0; part < 20; part++) {
      int from = random.nextInt(updates.size());
      int to = from + 1 + random.nextInt(updates.size() - from);
      UpdateV1 merged = Updates.mergeV1(updates.subList(from, to));
      UpdateV1 rest = Updates.diffV1(merged, document.stateVector());
      document.apply(random.nextBoolean() ? rest : Updates.toV2(merged), null);
    }
    document.apply(Updates.mergeV1(updates), null);

    assertThat(document.encodeV1()).as("seed " + seed).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aGapIsNamedUntilItIsFilled(long seed) {
    UpdateV1 expected = writeTogether(new Random(seed));
    Document document = EditingTrace.document(77);
    ApplyResult gapped = document.apply(Updates.mergeV1(updates.subList(1, updates.size())), null);
    assertThat(gapped.missing().clocks()).isNotEmpty();

    Document copy = EditingTrace.document(78);
    copy.apply(document.encodeV1(), null);
    ApplyResult filled = copy.apply(updates.getFirst(), null);

    assertThat(filled.isComplete()).isTrue();
    assertThat(copy.encodeV1()).as("seed " + seed).isEqualTo(expected);
  }

  /// Three write for a while, seeing each other now and then; answers what it comes to.
  private UpdateV1 writeTogether(Random random) {
    List<Document> writers = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Document writer = EditingTrace.document(i);
      writer.onUpdateV1(told -> {
        if (told.transaction().isLocal()) {
          updates.add(told.update());
        }
      });
      writers.add(writer);
    }
    for (int step = 0; step < 150; step++) {
      Document writer = writers.get(random.nextInt(3));
      if (random.nextInt(4) == 0) {
        writer.apply(writers.get(random.nextInt(3)).encodeV1(), "other");
      } else {
        write(writer, random);
      }
    }
    Document all = EditingTrace.document(99);
    all.apply(Updates.mergeV1(updates), null);
    return all.encodeV1();
  }

  private static void write(Document writer, Random random) {
    SharedText text = writer.text("text");
    switch (random.nextInt(5)) {
      case 0, 1 -> text.insert(random.nextInt(text.length() + 1), "w" + random.nextInt(100));
      case 2 -> {
        int at = random.nextInt(text.length() + 1);
        text.delete(at, Math.min(3, text.length() - at));
      }
      case 3 -> writer.map("map").put("k" + random.nextInt(4), Any.of(random.nextInt(9)));
      default -> {
        int at = random.nextInt(text.length() + 1);
        text.format(at, Math.min(4, text.length() - at), Map.of("bold", Any.of(true)));
      }
    }
  }
}
