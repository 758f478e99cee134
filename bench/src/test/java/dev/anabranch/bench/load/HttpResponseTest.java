package dev.anabranch.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HttpResponseTest {
  private static final String COUNTED = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";

  private static int end(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return HttpResponse.end(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  @Test
  void endsACountedResponseWithItsLastByte() {
    assertThat(end(COUNTED + "HTTP/1.1")).isEqualTo(COUNTED.length());
    assertThat(end(COUNTED.substring(0, COUNTED.length() - 1))).isEqualTo(-1);
  }

  @Test
  void endsAChunkedResponseWithItsEmptyChunk() {
    assertThat(end(CHUNKED)).isEqualTo(CHUNKED.length());
    assertThat(end(CHUNKED.substring(0, CHUNKED.length() - 1))).isEqualTo(-1);
  }

  @Test
  void waitsForTheEndOfTheHead() {
    assertThat(end("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n")).isEqualTo(-1);
  }

  @Test
  void readsTheStatus() {
    byte[] bytes = COUNTED.getBytes(StandardCharsets.US_ASCII);

    assertThat(HttpResponse.status(ByteBuffer.wrap(bytes), 0)).isEqualTo(201);
  }
}
