package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FrameDeflaterTest {
  private final FrameDeflater deflater = new FrameDeflater();
  private final FrameInflater inflater = new FrameInflater();

  /// Bytes that compress less the more different values they take.
  private static byte[] bytes(SplittableRandom random, int length, int values) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(values);
    }
    return bytes;
  }

  @Test
  void isUndoneByTheInflaterWhateverTheLength() throws Exception {
    SplittableRandom random = new SplittableRandom(6455);
    for (int i = 0; i < 3_000; i++) {
      byte[] message = bytes(random, 1 + random.nextInt(20_000), 2 + random.nextInt(200));
      byte[] deflated = deflater.deflate(message);

      if (deflated.length < message.length) {
        assertThat(inflater.inflate(deflated, message.length)).isEqualTo(message);
      }
    }
  }

  @Test
  void isUndoneForLargeMessages() throws Exception {
    SplittableRandom random = new SplittableRandom(7692);
    for (int length : new int[] {32_767, 32_768, 65_536, 524_288, 3_000_000}) {
      byte[] message = bytes(random, length, 7);
      assertThat(inflater.inflate(deflater.deflate(message), length)).isEqualTo(message);
    }
  }

  @Test
  void leavesAMessageAloneThatDoesNotShrink() {
    byte[] noise = bytes(new SplittableRandom(1), 10_000, 256);

    assertThat(deflater.deflate(noise)).isSameAs(noise);
  }
}
