package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whatever the bytes are: they are applied, or refused with one exception and without a trace.
class MalformedUpdateTest {
  private static final int MUTANTS = 20_000;

  @Test
  void refusesV2BytesAsV1() {
    Document document = written();

    assertThatThrownBy(
            () -> EditingTrace.document(2).apply(new UpdateV1(document.encodeV2().bytes()), null))
        .isInstanceOf(MalformedUpdate.class);
  }

  @Test
  void refusesCountsThatTheBytesCannotHold() {
    byte[] manyClients = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0, 0};

    assertThatThrownBy(() -> EditingTrace.document(2).apply(new UpdateV1(manyClients), null))
        .isInstanceOf(MalformedUpdate.class)
        .hasMessageContaining("exceeds the bytes");
  }

  @Test
  void refusesABlockThatRefersToItsOwnFuture() {
    byte[] itself = {1, 1, 5, 0, (byte) 0x84, 5, 0, 1, 'a', 0};

    assertThatThrownBy(() -> EditingTrace.document(2).apply(new UpdateV1(itself), null))
        .isInstanceOf(MalformedUpdate.class)
        .hasMessageContaining("refers to its own unit");
  }

  @Test
  void whoeverReadsAnUpdateRefusesAClientThatStandsTwice() {
    byte[] a = {1, 5, 0, 4, 1, 1, 't', 1, 'a'};
    byte[] b = {1, 5, 1, (byte) 0x84, 5, 0, 1, 'b'};
    UpdateV1 twice = new UpdateV1(Parts.join(new byte[] {2}, a, b, new byte[] {0}));

    List<Consumer<UpdateV1>> readers =
        List.of(
            update -> EditingTrace.document(2).apply(update, null),
            Updates::inspect,
            Updates::toV2,
            update -> Updates.mergeV1(List.of(update, written().encodeV1())));
    for (Consumer<UpdateV1> reader : readers) {
      assertThatThrownBy(() -> reader.accept(twice))
          .isInstanceOf(MalformedUpdate.class)
          .hasMessageContaining("client 5 stands twice");
    }
  }

  @Test
  void mutantsAreAppliedOrRefusedWhole() {
    byte[] v1 = written().encodeV1().bytes();
    byte[] v2 = written().encodeV2().bytes();
    Random random = new Random(11);
    int refused = 0;
    Document document = written();
    for (int i = 0; i < MUTANTS; i++) {
      Update mutant =
          random.nextBoolean()
              ? new UpdateV1(mutate(v1, random))
              : new UpdateV2(mutate(v2, random));
      byte[] before = document.encodeV1().bytes();
      try {
        document.apply(mutant, null);
        Updates.inspect(mutant);
        Updates.stateVectorOf(mutant);
        document = written();
      } catch (MalformedUpdate expected) {
        refused++;
        assertThat(document.encodeV1().bytes()).isEqualTo(before);
      }
    }
    assertThat(refused).isBetween(MUTANTS / 10, MUTANTS);
  }

  private static Document written() {
    Document document = EditingTrace.document(1);
    document.text("t").insert(0, "hello wörld 😀");
    document.text("t").format(1, 4, Map.of("bold", Any.of(true)));
    document.text("t").delete(2, 2);
    document.array("a").append(List.of(Any.of(1), Any.of(2.5), Any.NULL));
    document.map("m").putType("x", NewType.xmlElement("p"));
    document.map("m").put("k", Any.array(Any.of("v"), Any.of(true)));
    document.map("m").remove("x");
    return document;
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutant = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      switch (random.nextInt(3)) {
        case 0 -> mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        case 1 -> mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
        default -> mutant = Arrays.copyOf(mutant, 1 + random.nextInt(mutant.length));
      }
    }
    return mutant;
  }
}
