package dev.anabranch.crdt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes were made by y-protocols 1.0.7 and yjs 13.6.33.
class ProtocolTest {
  private long nowMillis = 1_000_000;
  private final Awareness awareness = new Awareness(() -> Instant.ofEpochMilli(nowMillis), 5, 10);

  @Test
  void syncMessagesHaveTheBytesOfYProtocols() {
    Document document = Document.create(DocumentOptions.forServing(new Random(1)).withClientId(5));
    document.text("t").insert(0, "hi");
    SyncMessage.Step1 question = new SyncMessage.Step1(dev.anabranch.crdt.StateVector.EMPTY);

    assertThat(hex(SyncMessage.askingFor(document).encode())).isEqualTo("0003010502");
    assertThat(hex(SyncMessage.answering(question, document).encode()))
        .isEqualTo("010c010105000401017402686900");
    assertThat(hex(new SyncMessage.Changed(document.encodeV1()).encode()))
        .isEqualTo("020c010105000401017402686900");
  }

  @Test
  void syncMessagesReadWhatTheyWrote() {
    for (String hex : List.of("0003010502", "010c010105000401017402686900")) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThat(SyncMessage.decode(bytes).encode()).isEqualTo(bytes);
    }
    assertThatThrownBy(() -> SyncMessage.decode(new byte[] {7, 0}))
        .isInstanceOf(MalformedUpdate.class);
  }

  @Test
  void awarenessHasTheBytesOfYProtocols() {
    Map<String, Any> state = new LinkedHashMap<>();
    state.put("name", Any.of("é"));
    state.put("n", Any.of(1.5));
    state.put("c", Any.array(Any.of(1), Any.NULL));

    assertThat(hex(awareness.say(new Any.Object(state)).encode()))
        .isEqualTo("010501227b226e616d65223a22c3a9222c226e223a312e352c2263223a5b312c6e756c6c5d7d");
    assertThat(hex(awareness.say(Any.NULL).encode())).isEqualTo("010502046e756c6c");
  }

  @Test
  void anOlderWordIsNoNews() {
    assertThat(awareness.apply(word(8, 3, Any.of("new"))).added()).containsExactly(8L);
    assertThat(awareness.apply(word(8, 2, Any.of("old"))).isNothing()).isTrue();
    assertThat(awareness.apply(word(8, 3, Any.of("same clock"))).isNothing()).isTrue();
    assertThat(awareness.apply(word(8, 3, Any.NULL)).removed()).containsExactly(8L);
    assertThat(awareness.states()).isEmpty();
  }

  @Test
  void nobodyElseSaysThatThisClientHasGone() {
    awareness.say(Any.of("here"));

    assertThat(awareness.apply(word(5, 9, Any.NULL)).removed()).isEmpty();
    assertThat(awareness.states()).containsEntry(5L, Any.of("here"));
    assertThat(awareness.encode(List.of(5L)).entries().getFirst().clock()).isEqualTo(10);
  }

  @Test
  void theSilentAreForgottenAndOnesOwnWordIsRenewed() {
    awareness.say(Any.of("here"));
    awareness.apply(word(8, 1, Any.of("there")));
    assertThat(awareness.renew()).isEmpty();

    nowMillis += Awareness.SILENCE_MILLIS_MAX;

    assertThat(awareness.renew()).isPresent();
    assertThat(awareness.expire().removed()).containsExactly(8L);
    assertThat(awareness.states()).containsOnlyKeys(5L);
  }

  @Test
  void furtherClientsAreRefusedUntilSomebodyGoes() {
    for (int client = 100; client < 112; client++) {
      awareness.apply(word(client, 1, Any.of("x")));
    }
    assertThat(awareness.states()).hasSize(10);
    assertThat(awareness.refused()).isEqualTo(2);

    awareness.remove(List.of(100L));
    assertThat(awareness.apply(word(200, 1, Any.of("x"))).added()).containsExactly(200L);
  }

  private static AwarenessUpdate word(long client, long clock, Any state) {
    AwarenessUpdate update =
        new AwarenessUpdate(List.of(new AwarenessUpdate.Entry(client, clock, state)));
    assertThat(AwarenessUpdate.decode(update.encode())).isEqualTo(update);
    return update;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
