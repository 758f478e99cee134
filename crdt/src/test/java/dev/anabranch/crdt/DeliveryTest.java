package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However updates arrive, the same document comes of them.
class DeliveryTest {
  private final List<UpdateV1> updates = new ArrayList<>();

  /// A hundred thousand waiting blocks have some dozens of bytes in format v2.
  @Test
  void manyWaitingBlocksThatSayTheSameComeInWhenTheirPredecessorDoes() {
    int blocks = 100_000;
    ByteWriter out = new ByteWriter();
    out.writeVarUint(1);
    out.writeVarUint(blocks);
    out.writeRaw(new byte[] {1, 1});
    for (int i = 0; i < blocks; i++) {
      out.writeRaw(new byte[] {0, 1});
    }
    out.writeByte(0);
    Document document = EditingTrace.document(77);
    document.apply(new UpdateV1(out.toBytes()), null);

    Document copy = EditingTrace.document(78);
    copy.apply(document.encodeV1(), null);
    copy.apply(new UpdateV1(new byte[] {1, 1, 1, 0, 0, 1, 0}), null);

    assertThat(copy.stateVector().clocks()).containsExactly(Map.entry(1L, blocks + 1));
  }

  /// Ten million steps, and not the square of a hundred thousand.
  @Test
  void aDocumentOfAHundredThousandWritersIsRead() {
    int writers = 100_000;
    ByteWriter out = new ByteWriter();
    out.writeVarUint(writers);
    for (int client = writers; client > 0; client--) {
      out.writeVarUint(1);
      out.writeVarUint(client);
      out.writeRaw(new byte[] {0, 0, 1});
    }
    out.writeByte(0);
    Document document = EditingTrace.document(77);
    document.apply(new UpdateV1(out.toBytes()), null);

    assertThat(document.stateVector().clocks()).hasSize(writers);
  }

  @Test
  void updatesCoverTheSameHoweverTheyAreCut() {
    Document document = EditingTrace.document(1);
    document.text("t").insert(0, "some text");
    document.text("t").delete(2, 3);
    UpdateV1 whole = document.encodeV1();
    List<UpdateV1> parts = Updates.splitV1(whole, 64);
    UpdateV1 joined = Updates.mergeV1(parts);
    document.text("t").insert(0, "x");

    assertThat(Updates.coverTheSame(whole, joined)).isTrue();
    assertThat(Updates.coverTheSame(whole, document.encodeV1())).isFalse();
  }

  @Test
  void anUpdateWithItsLeastClientFirstIsMergedAsAnyOther() {
    byte[] a = {1, 5, 0, 4, 1, 1, 't', 1, 'a'};
    byte[] b = {1, 9, 0, 4, 1, 1, 't', 1, 'b'};
    UpdateV1 rising = new UpdateV1(Parts.join(new byte[] {2}, a, b, new byte[] {0}));
    UpdateV1 falling = new UpdateV1(Parts.join(new byte[] {2}, b, a, new byte[] {0}));

    UpdateV1 merged = Updates.mergeV1(List.of(rising, falling));

    assertThat(merged).isEqualTo(falling);
  }

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
