package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How long a frame may be is one setting.
@Timeout(60)
class LongFrameTest {

  @Test
  void aFrameThatTheLinkLetsThroughIsUnderstood() {
    try (Served served = Served.open(Map.of("links.message_bytes_max", "1000000"))) {
      String text = "x".repeat(60_000);
      String writes =
          IntStream.range(0, 10)
              .mapToObj(number ->
                  "{\"key\":\"k%d\",\"scope\":\"org:1\",\"model\":\"Note\",\"id\":\"n%d\",\"action\":\"insert\",\"data\":{\"text\":\"%s\"}}"
                      .formatted(number, number, text))
              .collect(Collectors.joining(","));
      Socket socket = Socket.open(served, null);
      socket.say("{\"type\":\"push\",\"ref\":\"p\",\"writes\":[" + writes + "]}");
      assertThat(socket.frame()).contains("\"pushed\"").doesNotContain("refused");
    }
  }
}
