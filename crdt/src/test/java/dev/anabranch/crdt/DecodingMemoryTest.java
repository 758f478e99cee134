package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is refused costs no more memory than ten times its bytes (decision 0030).
class DecodingMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Source: issue "Documents".
  private static final int TIMES_MAX = 10;

  /// The empty document, readers, and what the virtual machine makes when code runs first.
  private static final int FIXED_BYTES = 128 << 10;

  private static final int MUTANTS = 400;
  private static Document written = EditingTrace.document(1);

  @BeforeAll
  static void writes() throws IOException {
    try (InputStream gzip =
        DecodingMemoryTest.class.getResourceAsStream("sveltecomponent.json.gz")) {
      EditingTrace trace = EditingTrace.read(Objects.requireNonNull(gzip));
      written = EditingTrace.document(1);
      new EditingTrace(trace.edits().subList(0, 6_000), "").typeInto(written);
    }
  }

  @Test
  void aMutantOfARealDocumentIsRefusedWithinTenTimesItsBytes() {
    Random random = new Random(5);
    List<Update> states = List.of(written.encodeV1(), written.encodeV2());
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      Update mutant = mutate(states.get(i % 2), random);
      refused += isRefusedCheaply(mutant) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(MUTANTS / 10);
  }

  @Test
  void aCountThatTheBytesCannotHoldIsRefusedBeforeAnythingIsMade() {
    byte[] most = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7};
    List<byte[]> bombs = new ArrayList<>();
    bombs.add(Parts.join(most));
    bombs.add(Parts.join(new byte[] {1}, most, new byte[] {1, 0}));
    bombs.add(Parts.join(new byte[] {1, 1, 1, 0, 8, 1, 1, 't'}, most, new byte[] {126, 0}));
    bombs.add(Parts.join(new byte[] {1, 1, 1, 0, 4, 1, 1, 't'}, most, new byte[] {'a', 0}));
    bombs.add(Parts.join(new byte[] {1, 1, 1, 0, 8, 1, 1, 't', 1, 117}, most, new byte[] {126, 0}));
    bombs.add(Parts.join(new byte[] {0}, most, new byte[] {1, 1}));
    for (byte[] bomb : bombs) {
      assertThat(isRefusedCheaply(new UpdateV1(bomb))).isTrue();
    }
  }

  @Test
  void manySmallValuesBeforeAMalformedEndCostTenTimesTheirBytes() {
    List<String> values =
        List.of(
            "78", "7d01", "7500", "7600", "7601007e", "7601007600", "740101", "760201617e01627e");
    for (String value : values) {
      assertThat(isRefusedCheaply(manyOf(value))).as(value).isTrue();
    }
  }

  /// An update with a value many times, and a byte too much.
  private static Update manyOf(String value) {
    int units = 20_000;
    ByteWriter out = new ByteWriter();
    out.writeRaw(new byte[] {1, 1, 1, 0, 8, 1, 1, 't'});
    out.writeVarUint(units);
    for (int i = 0; i < units; i++) {
      out.writeRaw(HexFormat.of().parseHex(value));
    }
    out.writeRaw(new byte[] {0, 0});
    return new UpdateV1(out.toBytes());
  }

  private static boolean isRefusedCheaply(Update update) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      EditingTrace.document(2).apply(update, null);
      return false;
    } catch (MalformedUpdate expected) {
      long made = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(made)
          .as(update + ": " + expected.getMessage())
          .isLessThanOrEqualTo((long) TIMES_MAX * bytes(update).length + FIXED_BYTES);
      return true;
    }
  }

  private static Update mutate(Update state, Random random) {
    byte[] bytes = bytes(state).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return state instanceof UpdateV1 ? new UpdateV1(bytes) : new UpdateV2(bytes);
  }

  private static byte[] bytes(Update update) {
    return switch (update) {
      case UpdateV1 v1 -> v1.bytes();
      case UpdateV2 v2 -> v2.bytes();
    };
  }
}
