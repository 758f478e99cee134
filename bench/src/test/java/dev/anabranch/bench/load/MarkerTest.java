package dev.anabranch.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class MarkerTest {
  @Property
  void findsExactlyTheMarksWhateverStandsAroundThem(@ForAll byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> found = new ArrayList<>();

    int count = Marker.scan(buffer, 0, bytes.length, found::add);

    List<Integer> expected =
        IntStream.range(0, bytes.length)
            .filter(index -> bytes[index] == Marker.MARK)
            .boxed()
            .toList();
    assertThat(found).isEqualTo(expected);
    assertThat(count).isEqualTo(expected.size());
  }

  @Property
  void readsTheStampThatWasWritten(@ForAll long nanos) {
    byte[] text = ("ab" + Marker.PLACEHOLDER + "c").getBytes(StandardCharsets.US_ASCII);
    Marker.putStamp(text, 3, nanos);

    assertThat(Marker.stamp(ByteBuffer.wrap(text), 2, text.length)).isEqualTo(nanos);
  }

  @Property
  void answersMinusOneForAStampThatIsCut(@ForAll long nanos) {
    byte[] text = Marker.PLACEHOLDER.getBytes(StandardCharsets.US_ASCII);
    Marker.putStamp(text, 1, nanos);

    assertThat(Marker.stamp(ByteBuffer.wrap(text), 0, text.length - 1)).isEqualTo(-1);
  }
}
