package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.anabranch.crdt.encoding.AnyBytes;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.crdt.protocol.SyncMessage;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes a decoder is given, it refuses them with one exception, no trace and little
/// memory, or it takes them for something that it writes and reads again.
///
/// Here every kept input is played; `./fuzz` looks for new ones. Source: issue "Documents".
class DecodersFuzzTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Source: issue "Documents".
  private static final int TIMES_MAX = 10;

  /// A value alone is read at once: whatever it comes in is looked at first.
  private static final int VALUE_TIMES_MAX = 72;

  private static final int FIXED_BYTES = 256 << 10;

  @MethodSource("updatesV1")
  @FuzzTest
  void updateV1(byte[] bytes) {
    UpdateV1 update = new UpdateV1(bytes);
    UpdateTrial.isCheckedAsItIsRead(update);
    refusedCheaply(bytes, ignored -> EditingTrace.document(2).apply(update, null));
    UpdateTrial.isAppliedOrRefusedWhole(update);
    UpdateTrial.meansTheSameInBothFormats(update);
  }

  @MethodSource("updatesV2")
  @FuzzTest
  void updateV2(byte[] bytes) {
    UpdateV2 update = new UpdateV2(bytes);
    UpdateTrial.isCheckedAsItIsRead(update);
    refusedCheaply(bytes, ignored -> EditingTrace.document(2).apply(update, null));
    UpdateTrial.isAppliedOrRefusedWhole(update);
    UpdateTrial.meansTheSameInBothFormats(update);
  }

  @MethodSource("pairs")
  @FuzzTest
  void twoUpdates(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    UpdateV1 one;
    UpdateV1 other;
    try {
      one = new UpdateV1(in.readBytes());
      other = new UpdateV1(in.readBytes());
    } catch (MalformedUpdate notTwo) {
      return;
    }
    UpdateTrial.areOneWhenMerged(one, other);
  }

  @MethodSource("stateVectors")
  @FuzzTest
  void stateVector(byte[] bytes) {
    refusedCheaply(bytes, StateVector::decode)
        .ifPresent(vector ->
            assertThat(StateVector.decode(vector.encode()).clocks()).isEqualTo(vector.clocks()));
  }

  @MethodSource("snapshotsV1")
  @FuzzTest
  void snapshotV1(byte[] bytes) {
    refusedCheaply(bytes, Snapshot::decodeV1).ifPresent(DecodersFuzzTest::readsWhatItWrites);
  }

  @MethodSource("snapshotsV2")
  @FuzzTest
  void snapshotV2(byte[] bytes) {
    refusedCheaply(bytes, Snapshot::decodeV2).ifPresent(DecodersFuzzTest::readsWhatItWrites);
  }

  @MethodSource("relativePositions")
  @FuzzTest
  void relativePosition(byte[] bytes) {
    refusedCheaply(bytes, RelativePosition::decode)
        .ifPresent(position -> {
          assertThat(RelativePosition.decode(position.encode())).isEqualTo(position);
          position.in(UpdateTrial.written());
        });
  }

  @MethodSource("values")
  @FuzzTest
  void any(byte[] bytes) {
    refused(bytes, given -> AnyBytes.read(new ByteReader(given)), VALUE_TIMES_MAX)
        .ifPresent(value -> {
          ByteWriter out = new ByteWriter();
          AnyBytes.write(out, value);
          ByteWriter again = new ByteWriter();
          AnyBytes.write(again, AnyBytes.read(new ByteReader(out.toBytes())));
          assertThat(again.toBytes()).isEqualTo(out.toBytes());
          JavaScriptJson.parse(JavaScriptJson.stringify(value));
        });
  }

  @MethodSource("texts")
  @FuzzTest
  void json(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    refused(bytes, ignored -> JavaScriptJson.parse(text), VALUE_TIMES_MAX)
        .map(JavaScriptJson::stringify)
        .ifPresent(written ->
            assertThat(JavaScriptJson.stringify(JavaScriptJson.parse(written))).isEqualTo(written));
  }

  @MethodSource("words")
  @FuzzTest
  void awareness(byte[] bytes) {
    refusedCheaply(bytes, AwarenessUpdate::decode)
        .map(AwarenessUpdate::encode)
        .ifPresent(
            written -> assertThat(AwarenessUpdate.decode(written).encode()).isEqualTo(written));
  }

  @MethodSource("messages")
  @FuzzTest
  void syncMessage(byte[] bytes) {
    refusedCheaply(bytes, SyncMessage::decode)
        .map(SyncMessage::encode)
        .ifPresent(written -> assertThat(SyncMessage.decode(written).encode()).isEqualTo(written));
  }

  /// What the bytes say, or nothing when they were refused, for little memory.
  private static <T> Optional<T> refusedCheaply(byte[] bytes, Function<byte[], T> decoder) {
    return refused(bytes, decoder, TIMES_MAX);
  }

  private static <T> Optional<T> refused(byte[] bytes, Function<byte[], T> decoder, int timesMax) {
    try {
      return Optional.of(decoder.apply(bytes));
    } catch (MalformedUpdate refused) {
      // Measured the second time: the first one may have loaded classes.
      long before = THREADS.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> decoder.apply(bytes)).isInstanceOf(MalformedUpdate.class);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .as("bytes made for %d that were refused: %s", bytes.length, refused.getMessage())
          .isLessThanOrEqualTo((long) timesMax * bytes.length + FIXED_BYTES);
      return Optional.empty();
    }
  }

  private static void readsWhatItWrites(Snapshot snapshot) {
    assertThat(Snapshot.decodeV1(snapshot.encodeV1()).encodeV1()).isEqualTo(snapshot.encodeV1());
    assertThat(Snapshot.decodeV2(snapshot.encodeV2()).encodeV2()).isEqualTo(snapshot.encodeV2());
  }

  static Stream<byte[]> updatesV1() {
    return UpdateTrial.documents().map(document -> document.encodeV1().bytes());
  }

  static Stream<byte[]> updatesV2() {
    return UpdateTrial.documents().map(document -> document.encodeV2().bytes());
  }

  static Stream<byte[]> pairs() {
    return updatesV1()
        .flatMap(one ->
            updatesV1()
                .map(other -> {
                  ByteWriter out = new ByteWriter();
                  out.writeBytes(one);
                  out.writeBytes(other);
                  return out.toBytes();
                }));
  }

  static Stream<byte[]> stateVectors() {
    return UpdateTrial.documents().map(document -> document.stateVector().encode());
  }

  static Stream<byte[]> snapshotsV1() {
    return UpdateTrial.documents().map(document -> document.snapshot().encodeV1());
  }

  static Stream<byte[]> snapshotsV2() {
    return UpdateTrial.documents().map(document -> document.snapshot().encodeV2());
  }

  static Stream<byte[]> relativePositions() {
    SharedText text = UpdateTrial.written().text("t");
    BlockId id = new BlockId(1, 0);
    return Stream.concat(
            Stream.of(0, 3, text.length()).map(index -> RelativePosition.at(text, index, 0)),
            Stream.of(new RelativePosition(id, null, null, -1)))
        .map(RelativePosition::encode);
  }

  static Stream<byte[]> values() {
    return UpdateTrial.values()
        .map(value -> {
          ByteWriter out = new ByteWriter();
          AnyBytes.write(out, value);
          return out.toBytes();
        });
  }

  static Stream<byte[]> texts() {
    return UpdateTrial.values()
        .map(JavaScriptJson::stringify)
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> words() {
    return UpdateTrial.values()
        .map(value -> new AwarenessUpdate(List.of(new AwarenessUpdate.Entry(7, 3, value))))
        .map(AwarenessUpdate::encode);
  }

  static Stream<byte[]> messages() {
    return UpdateTrial.documents()
        .flatMap(document ->
            Stream.of(
                SyncMessage.askingFor(document),
                SyncMessage.answering(new SyncMessage.Step1(StateVector.EMPTY), document),
                new SyncMessage.Changed(document.encodeV1())))
        .map(SyncMessage::encode);
  }
}
