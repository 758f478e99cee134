package dev.anabranch.protocol.document.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.protocol.document.wire.DocumentMessage.FromClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.ToClient;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever frame an editor sends, it is refused with one exception or understood.
///
/// Here every kept input is played; `./fuzz` looks for new ones.
class FramesFuzzTest {
  private static final String[] FRAMES = {
    "00000100",
    "0001020000",
    "0002020000",
    "01080107030474727565",
    "03",
    "020003616e62",
    "05026869",
    "07"
  };

  @MethodSource("plainFrames")
  @FuzzTest
  void plainFrame(byte[] frame) {
    try {
      isUnderstood(DocumentCodec.plain(), DocumentCodec.plain().fromClient(frame), 0);
    } catch (MalformedUpdate refused) {
      assertThat(refused).hasMessageMatching("(?s).*\\w{2}.*");
    }
  }

  @MethodSource("namedFrames")
  @FuzzTest
  void namedFrame(byte[] frame) {
    try {
      ByteReader in = new ByteReader(frame);
      String name = DocumentCodec.nameOf(in);
      DocumentAddress.parse(name);
      DocumentCodec codec = DocumentCodec.named(name);
      isUnderstood(codec, codec.fromClient(in), 1);
    } catch (MalformedUpdate refused) {
      assertThat(refused).hasMessageMatching("(?s).*\\w{2}.*");
    }
  }

  /// What both sides may say is understood again as it is written.
  private static void isUnderstood(DocumentCodec codec, FromClient message, int names) {
    if (message instanceof ToClient answer) {
      byte[] written = codec.encode(answer);
      ByteReader in = new ByteReader(written);
      for (int i = 0; i < names; i++) {
        DocumentCodec.nameOf(in);
      }
      ToClient again = (ToClient) codec.fromClient(in);
      assertThat(codec.encode(again)).isEqualTo(written);
      assertThat(again).isInstanceOf(answer.getClass());
    }
  }

  static Stream<byte[]> plainFrames() {
    return Arrays.stream(FRAMES).map(HexFormat.of()::parseHex);
  }

  static Stream<byte[]> namedFrames() {
    return Arrays.stream(FRAMES).map(frame -> HexFormat.of().parseHex("076f72673a312f61" + frame));
  }
}
