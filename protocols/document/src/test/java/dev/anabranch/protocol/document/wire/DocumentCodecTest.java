package dev.anabranch.protocol.document.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticated;
import dev.anabranch.protocol.document.wire.DocumentMessage.Aware;
import dev.anabranch.protocol.document.wire.DocumentMessage.Changed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Closed;
import dev.anabranch.protocol.document.wire.DocumentMessage.Denied;
import dev.anabranch.protocol.document.wire.DocumentMessage.FromClient;
import dev.anabranch.protocol.document.wire.DocumentMessage.Leave;
import dev.anabranch.protocol.document.wire.DocumentMessage.Question;
import dev.anabranch.protocol.document.wire.DocumentMessage.Reply;
import dev.anabranch.protocol.document.wire.DocumentMessage.Settled;
import dev.anabranch.protocol.document.wire.DocumentMessage.Stateless;
import dev.anabranch.protocol.document.wire.DocumentMessage.WhoIsThere;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Vectors of both framings, and bytes that are none of them.
class DocumentCodecTest {
  private static final UpdateV1 NOTHING = new UpdateV1(new byte[] {0, 0});

  /// A client's messages behind the name, as the npm packages write them.
  private static final Map<String, FromClient> FROM_CLIENT =
      Map.of(
          "00000100", new Question(StateVector.EMPTY),
          "0001020000", new Reply(NOTHING),
          "0002020000", new Changed(NOTHING),
          "01080107030474727565",
              new Aware(
                  new AwarenessUpdate(List.of(new AwarenessUpdate.Entry(7, 3, Any.of(true))))),
          "03", new WhoIsThere());

  private static final Map<String, FromClient> HOCUSPOCUS_ONLY =
      Map.of(
          "020003616e62", new Authenticate("anb"),
          "05026869", new Stateless("hi"),
          "07", new Leave());

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void readsWhatYWebsocketWrites() {
    FROM_CLIENT.forEach((bytes, message) ->
        assertThat(DocumentCodec.plain().fromClient(hex(bytes))).isEqualTo(message));
  }

  @Test
  void readsWhatHocuspocusWritesBehindTheName() {
    FROM_CLIENT.forEach(DocumentCodecTest::isReadBehindAName);
    HOCUSPOCUS_ONLY.forEach(DocumentCodecTest::isReadBehindAName);
  }

  private static void isReadBehindAName(String bytes, FromClient message) {
    ByteReader in = new ByteReader(hex("076f72673a312f61" + bytes));
    assertThat(DocumentCodec.nameOf(in)).isEqualTo("org:1/a");
    assertThat(DocumentCodec.named("org:1/a").fromClient(in)).isEqualTo(message);
  }

  @Test
  void yWebsocketHasNoTokenNoStatelessAndNoClose() {
    HOCUSPOCUS_ONLY
        .keySet()
        .forEach(bytes ->
            assertThatThrownBy(() -> DocumentCodec.plain().fromClient(hex(bytes)))
                .isInstanceOf(MalformedUpdate.class));
  }

  @Test
  void writesBothFramings() {
    DocumentCodec plain = DocumentCodec.plain();
    DocumentCodec named = DocumentCodec.named("a");

    assertThat(plain.encode(new Question(StateVector.EMPTY))).isEqualTo(hex("00000100"));
    assertThat(plain.encode(new Changed(NOTHING))).isEqualTo(hex("0002020000"));
    assertThat(plain.encode(new Denied("no"))).isEqualTo(hex("0200026e6f"));
    assertThat(named.encode(new Denied("no"))).isEqualTo(hex("01610201026e6f"));
    assertThat(named.encode(new Reply(NOTHING))).isEqualTo(hex("01610001020000"));
    assertThat(named.encode(new Settled(true))).isEqualTo(hex("01610801"));
    assertThat(named.encode(new Settled(false))).isEqualTo(hex("01610800"));
    assertThat(named.encode(new Authenticated(true))).isEqualTo(hex("0161020208726561646f6e6c79"));
    assertThat(named.encode(new Closed("x"))).isEqualTo(hex("0161070178"));
  }

  @Test
  void anythingElseIsMalformedAndNothingWorse() {
    Random random = new Random(40);
    List<String> seeds = List.copyOf(FROM_CLIENT.keySet());
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = hex(seeds.get(random.nextInt(seeds.size())));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        assertThat(DocumentCodec.plain().fromClient(bytes)).isNotNull();
      } catch (MalformedUpdate malformed) {
        assertThat(malformed.getMessage()).isNotBlank();
      }
    }
  }
}
