package dev.anabranch.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.MessageLimits;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.reconcile.ReconcileAnswer;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes a peer of Nostr sends are refused with a sentence or taken; nothing is thrown.
/// `./fuzz` looks for others.
class MessagesFuzzTest {

  @MethodSource("clientMessages")
  @FuzzTest
  void clientMessage(byte[] bytes) {
    assertThat(ClientMessage.read(bytes, MessageLimits.USUAL)).isNotNull();
  }

  @MethodSource("relayMessages")
  @FuzzTest
  void relayMessage(byte[] bytes) {
    if (RelayMessage.parse(bytes, MessageLimits.USUAL) instanceof Parsed.Malformed<?> refused) {
      assertThat(refused.toString()).isNotBlank();
    }
  }

  @MethodSource("reconcileMessages")
  @FuzzTest
  void reconcileMessage(byte[] bytes) {
    assertThat(ReconcileAnswer.to(bytes, RecordSet.of(List.of()), 4_096)).isNotNull();
  }

  static Stream<byte[]> clientMessages() {
    return texts(
        "[\"EVENT\",{\"id\":\"00\",\"pubkey\":\"00\",\"created_at\":1,\"kind\":1,\"tags\":[[\"e\",\"x\"]],"
            + "\"content\":\"\\u0000\",\"sig\":\"00\"}]",
        "[\"REQ\",\"s\",{\"kinds\":[1],\"#e\":[\"x\"],\"&t\":[\"y\"],\"search\":\"a"
            + " b\",\"limit\":3}]",
        "[\"COUNT\",\"s\",{\"since\":1,\"until\":2}]",
        "[\"NEG-OPEN\",\"s\",{},\"6100000200\"]",
        "[\"AUTH\",{}]",
        "[\"CLOSE\",\"s\"]",
        "[");
  }

  static Stream<byte[]> relayMessages() {
    return texts(
        "[\"OK\",\"00\",true,\"\"]",
        "[\"EOSE\",\"s\"]",
        "[\"CLOSED\",\"s\",\"auth-required: come in\"]",
        "[\"COUNT\",\"s\",{\"count\":3,\"hll\":\"00\"}]",
        "[\"NOTICE\",\"x\",{\"y\":[1]}]");
  }

  static Stream<byte[]> reconcileMessages() {
    return Stream.of("61", "6100000200", "62000000", "61ffffff").map(Hex::bytes);
  }

  private static Stream<byte[]> texts(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }
}
