package dev.anabranch.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ExchangeTest {
  private static final String EVENT = "[\"EVENT\",\"q\",{\"content\":\"[\\\"EOSE\\\"] ,true\"}]";

  @Test
  void anOkAnswersAnEventWithYesOrNo() {
    assertThat(isAnswer(Exchange.NOSTR_EVENT, "[\"OK\",\"ab\",true,\"\"]")).isTrue();
    assertThat(accepts(Exchange.NOSTR_EVENT, "[\"OK\",\"ab\",true,\"\"]")).isTrue();
    assertThat(isAnswer(Exchange.NOSTR_EVENT, "[\"OK\",\"ab\",false,\"no\"]")).isTrue();
    assertThat(accepts(Exchange.NOSTR_EVENT, "[\"OK\",\"ab\",false,\"no\"]")).isFalse();
  }

  @Test
  void whatARelaySaysBesidesAnswersNoEvent() {
    assertThat(isAnswer(Exchange.NOSTR_EVENT, EVENT)).isFalse();
    assertThat(isAnswer(Exchange.NOSTR_EVENT, "[\"NOTICE\",\"slow down\"]")).isFalse();
    assertThat(isAnswer(Exchange.NOSTR_EVENT, "")).isFalse();
  }

  @Test
  void aRequestIsAnsweredWhenItsEventsEnd() {
    assertThat(isAnswer(Exchange.NOSTR_REQUEST, EVENT)).isFalse();
    assertThat(isAnswer(Exchange.NOSTR_REQUEST, "[\"EOSE\",\"q\"]")).isTrue();
    assertThat(accepts(Exchange.NOSTR_REQUEST, "[\"EOSE\",\"q\"]")).isTrue();
    assertThat(isAnswer(Exchange.NOSTR_REQUEST, "[\"CLOSED\",\"q\",\"no\"]")).isTrue();
    assertThat(accepts(Exchange.NOSTR_REQUEST, "[\"CLOSED\",\"q\",\"no\"]")).isFalse();
  }

  private static boolean isAnswer(Exchange exchange, String message) {
    return exchange.isAnswer(frame(message), 0);
  }

  private static boolean accepts(Exchange exchange, String message) {
    ByteBuffer frame = frame(message);
    return exchange.accepted(frame, 0, frame.limit());
  }

  // As a server sends it: not masked.
  private static ByteBuffer frame(String message) {
    byte[] payload = message.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + payload.length)
        .put((byte) 0x81)
        .put((byte) payload.length)
        .put(payload)
        .flip();
  }
}
